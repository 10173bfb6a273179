/** One listener on a connection for each event, for any number of namespaces. */
import type { Cluster, Redis } from 'ioredis';

type ConnectionEvent = 'ready' | 'close';

const heardOn = new WeakMap<Redis | Cluster, Map<ConnectionEvent, Set<() => void>>>();

/** Calls `fn` at each such event; the answer ends that. */
export function onConnection(redis: Redis | Cluster, event: ConnectionEvent, fn: () => void): () => void {
  const events = heardOn.get(redis) ?? new Map<ConnectionEvent, Set<() => void>>();
  heardOn.set(redis, events);
  let listeners = events.get(event);
  if (!listeners) {
    const all = new Set<() => void>();
    events.set(event, all);
    redis.on(event, () => {
      for (const listener of [...all]) listener();
    });
    listeners = all;
  }
  const listener = () => fn();
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const closes = new WeakMap<Redis | Cluster, { count: number }>();

/** How often the connection has been lost, since this was asked first. */
export function closesOf(redis: Redis | Cluster): number {
  const known = closes.get(redis);
  if (known) return known.count;
  const counted = { count: 0 };
  closes.set(redis, counted);
  onConnection(redis, 'close', () => counted.count++);
  return 0;
}
