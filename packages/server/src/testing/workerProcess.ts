/**
 * A worker in a process of its own, for tests that kill it: REDIS_URL and NAMESPACE in, `worker ready` out. One task
 * advances one record every PACE_MS and says on stdout which record it has just written, under which fence; another keeps
 * the event loop busy, which MAX_HANG_MS bounds.
 */
import { recordKey } from '@rowlock/protocol';
import { z } from 'zod';
import { createRowlock } from '../createRowlock.ts';
import { defineTask } from '../tasks/definition/defineTask.ts';

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

/** Computes for `blockMs` in its first attempt, without letting the event loop turn, and says what came of it. */
export const hoggingTask = defineTask({
  name: 'hogging',
  input: z.object({ blockMs: z.number() }),
  records: () => [recordKey('cities', 0), recordKey('cities', 1)],
  async run(ctx, { blockMs }) {
    process.stdout.write(`hogs in attempt ${ctx.attempt}\n`);
    ctx.progress.total(2);
    ctx.progress.advance();
    const untilMs = performance.now() + (ctx.attempt === 1 ? blockMs : 0);
    while (performance.now() < untilMs);
    ctx.progress.advance();
    ctx.progress.message(`Attempt ${ctx.attempt}`);
    ctx.recordDone(recordKey('cities', 0));
    // The loop turns: what has happened meanwhile is known now.
    await new Promise((resolve) => setTimeout(resolve, 400));
    process.stdout.write(
      `hogged in attempt ${ctx.attempt}: ${ctx.signal.aborted ? 'told to stop' : 'goes on'}\n`,
    );
    return { attempt: ctx.attempt };
  },
});

/** Says nothing and waits until it is told to stop; in its first attempt it may take no notice of that. */
export const quietTask = defineTask({
  name: 'quiet',
  input: z.object({ ignores: z.boolean() }),
  records: () => [recordKey('cities', 0)],
  async run(ctx, { ignores }) {
    process.stdout.write(`waits in attempt ${ctx.attempt}\n`);
    if (ignores && ctx.attempt > 1) return;
    await new Promise<void>((resolve, reject) => {
      // Long enough to keep the process alive, whatever the test does.
      const timer = setTimeout(resolve, 120_000);
      if (ignores) return;
      ctx.signal.addEventListener('abort', () => {
        clearTimeout(timer);
        reject(ctx.signal.reason);
      });
    });
  },
});

if (process.argv[1] === import.meta.filename) {
  const rowlock = createRowlock({
    redis: process.env.REDIS_URL!,
    namespace: process.env.NAMESPACE!,
    resources: ['cities'],
    tasks: [pacedTask, hoggingTask, quietTask],
    auth: {
      authenticate: () => null,
      authorize: () => false,
    },
  });
  await rowlock.start();
  const maxHangMs = process.env.MAX_HANG_MS;
  await rowlock.startWorker({ ...(maxHangMs && { maxHangMs: Number(maxHangMs) }) });
  process.on('SIGTERM', () => void rowlock.close().then(() => process.exit(0)));
  process.stdout.write('worker ready\n');
}
