/**
 * A worker in a process of its own, for tests that kill it: REDIS_URL and NAMESPACE in, `worker ready` out. Its task
 * advances one record every PACE_MS and says on stdout which record it has just written, under which fence.
 */
import { recordKey } from '@rowlock/protocol';
import { z } from 'zod';
import { createRowlock } from '../createRowlock.ts';
import { defineTask } from '../tasks/defineTask.ts';

const paceMs = Number(process.env.PACE_MS ?? 50);

export const pacedTask = defineTask({
  name: 'paced',
  input: z.object({ count: z.number() }),
  records: ({ count }) => Array.from({ length: count }, (_, i) => recordKey('cities', i)),
  async run(ctx, { count }) {
    ctx.progress.total(count);
    for (let i = 0; i < count; i++) {
      ctx.signal.throwIfAborted();
      await new Promise((resolve) => setTimeout(resolve, paceMs));
      process.stdout.write(`wrote ${i} under ${ctx.fence} in attempt ${ctx.attempt}\n`);
      ctx.progress.advance();
    }
    return { written: count };
  },
});

if (process.argv[1] === import.meta.filename) {
  const rowlock = createRowlock({
    redis: process.env.REDIS_URL!,
    namespace: process.env.NAMESPACE!,
    resources: ['cities'],
    tasks: [pacedTask],
    authenticate: () => null,
    authorize: () => false,
  });
  await rowlock.ready();
  await rowlock.work();
  process.on('SIGTERM', () => void rowlock.close().then(() => process.exit(0)));
  process.stdout.write('worker ready\n');
}
