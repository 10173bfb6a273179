/**
 * A process that calls a set of hooks, for tests that kill or freeze it: REDIS_URL and NAMESPACE in, `hooks ready` out.
 * It says each event on stdout as soon as it is called; SLOW_MS is how long each call then takes.
 */
import { createRowlock } from '../createRowlock.ts';

const slowMs = Number(process.env.SLOW_MS ?? 0);

const rowlock = createRowlock({
  redis: process.env.REDIS_URL!,
  namespace: process.env.NAMESPACE!,
  resources: ['cities'],
  hooks: {
    table: {
      from: 'start',
      async onTask({ kind, taskId, cursor }) {
        if (kind === 'progress') return;
        process.stdout.write(`told ${kind} ${taskId} ${cursor}\n`);
        if (slowMs > 0) await new Promise((resolve) => setTimeout(resolve, slowMs));
      },
    },
  },
  authenticate: () => null,
  authorize: () => false,
});
await rowlock.ready();
process.on('SIGTERM', () => void rowlock.close().then(() => process.exit(0)));
process.stdout.write('hooks ready\n');
