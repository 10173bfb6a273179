/** A worker in a process of its own: REDIS_URL, NAMESPACE, LEDGER and CONCURRENCY in, `worker ready` out. */
import { createRowlock } from '../../createRowlock.ts';
import { createFamilyTask } from './familyTask.ts';
import { openLedger } from './ledger.ts';
import { createRowsTask } from './rowsTask.ts';

const say = (line: string) => void process.stdout.write(`${line}\n`);
const ledger = openLedger(process.env.LEDGER!);
const rows = createRowsTask(ledger, say);
const rowlock = createRowlock({
  redis: process.env.REDIS_URL!,
  namespace: process.env.NAMESPACE!,
  resources: ['cities'],
  tasks: [rows, createFamilyTask(rows, say)],
  auth: {
    authenticate: () => null,
    // A worker asks it for the children that a run launches.
    authorize: ({ action }) => action === 'launch',
  },
});
await rowlock.start();
await rowlock.startWorker({ concurrency: Number(process.env.CONCURRENCY ?? 1) });
process.on('SIGTERM', () => void rowlock.close().then(() => process.exit(0)));
say('worker ready');
