/**
 * A process that calls a subscriber, for tests that kill or freeze it: REDIS_URL and NAMESPACE in, `subscriber ready` out.
 * It says each event on stdout as soon as it is called; the call number HOLD_AT then lasts until a SIGCONT comes.
 */
import { createRowlock } from '../createRowlock.ts';

const holdAt = Number(process.env.HOLD_AT ?? 0);
let calls = 0;

const rowlock = createRowlock({
  redis: process.env.REDIS_URL!,
  namespace: process.env.NAMESPACE!,
  resources: ['cities'],
  subscribers: {
    table: {
      from: 'start',
      async onTask({ kind, taskId, cursor }) {
        if (kind === 'progress') return;
        process.stdout.write(`told ${kind} ${taskId} ${cursor}\n`);
        if (++calls === holdAt) await new Promise((resolve) => process.once('SIGCONT', resolve));
      },
    },
  },
  auth: {
    authenticate: () => null,
    authorize: () => false,
  },
});
await rowlock.start();
process.on('SIGTERM', () => void rowlock.close().then(() => process.exit(0)));
process.stdout.write('subscriber ready\n');
