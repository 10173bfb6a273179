/** `@rowlock/server/metrics`: Rowlock's numbers for Prometheus, by `prom-client`, which nothing else here needs. */
export { type CollectOptions, collectMetrics } from './collectMetrics.ts';
