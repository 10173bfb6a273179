/**
 * A launcher in a process of its own, for tests that kill it: REDIS_URL, NAMESPACE and HOW in, `launcher ready` out.
 * `here` runs a task that never ends in the process itself; `wait` stands in line for `cities/0`; `keys` launches one
 * task after the other under the keys k0, k1, …, and says so.
 */
import { recordKey } from '@rowlock/protocol';
import { z } from 'zod';
import { createRowlock } from '../createRowlock.ts';
import { defineTask } from '../tasks/definition/defineTask.ts';

export const quickTask = defineTask({
  name: 'quick',
  input: z.object({ id: z.string() }),
  records: ({ id }) => [recordKey('cities', id)],
  run: () => {},
});

export const endlessTask = defineTask({
  name: 'endless',
  input: z.object({ id: z.string() }),
  records: ({ id }) => [recordKey('cities', id)],
  async run(ctx) {
    ctx.progress.advance();
    process.stdout.write(`runs ${ctx.taskId}\n`);
    await new Promise((_, reject) => ctx.signal.addEventListener('abort', () => reject(ctx.signal.reason)));
  },
});

const actor = { id: 'launcher', name: 'Launcher' };

if (process.argv[1] === import.meta.filename) {
  const rowlock = createRowlock({
    redis: process.env.REDIS_URL!,
    namespace: process.env.NAMESPACE!,
    resources: ['cities'],
    tasks: [quickTask, endlessTask],
    auth: {
      authenticate: () => null,
      authorize: () => true,
    },
  });
  await rowlock.start();
  process.stdout.write('launcher ready\n');
  switch (process.env.HOW) {
    case 'here':
      await rowlock.tasks.runOrLaunch(endlessTask, { id: '0' }, { actor });
      break;
    case 'wait': {
      const { task } = await rowlock.tasks.launch(quickTask, { id: '0' }, { actor, onConflict: 'wait' });
      process.stdout.write(`waits ${task.id}\n`);
      break;
    }
    case 'keys':
      for (let i = 0; ; i++) {
        await rowlock.tasks.launch(quickTask, { id: `${i}` }, { actor, idempotencyKey: `k${i}` });
        process.stdout.write(`launched k${i}\n`);
      }
  }
}
