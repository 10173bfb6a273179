/** The options of a launch: delay, priority, attempts, tags, and the label of the task. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { newNamespace } from '../../../test/fixtures/rig.ts';
import { ann, reportingTask, useTasks } from '../../../test/fixtures/taskFixture.ts';
import { defineTask } from '../definition/defineTask.ts';

const { rigOf, queueOf } = useTasks();

describe('the options of a launch', () => {
  it('a launch passes delay, priority, attempts and backoff to the queue, and the task shows its earliest start', async () => {
    const namespace = newNamespace();
    const task = reportingTask({ retry: { attempts: 2, backoffMs: 50 } });
    const { rowlock } = await rigOf({ namespace, tasks: [task] });
    const queue = queueOf(namespace);
    const plain = await rowlock.tasks.launch(task, { ids: ['1'] }, { actor: ann });
    const special = await rowlock.tasks.launch(
      task,
      { ids: ['2'] },
      { actor: ann, delayMs: 60_000, priority: 3, retry: { attempts: 5, backoffMs: 700 } },
    );
    expect((await queue.getJob(plain.task.id))?.opts).toMatchObject({
      attempts: 2,
      backoff: { type: 'fixed', delay: 50 },
    });
    expect((await queue.getJob(special.task.id))?.opts).toMatchObject({
      attempts: 5,
      backoff: { type: 'fixed', delay: 700 },
      delay: 60_000,
      priority: 3,
    });
    expect(await queue.getJobState(special.task.id)).toBe('delayed');
    const { createdAt } = special.task;
    expect(special.task.notBefore).toBe(createdAt + 60_000);
    expect(await rowlock.tasks.get(special.task.id)).toEqual({
      ...special.task,
      version: expect.any(Number),
    });
    expect((await rowlock.locks.check(['cities/2'])).held.size).toBe(1);
  });

  it('a launch has the tags of its definition and its own, without duplicates', async () => {
    const task = reportingTask({ tags: ({ ids }) => ['bulk', `${ids.length} rows`] });
    const { rowlock } = await rigOf({ tasks: [task] });
    const launched = await rowlock.tasks.launch(
      task,
      { ids: ['1'] },
      { actor: ann, tags: ['night', 'bulk'] },
    );
    expect(launched.task.tags).toEqual(['bulk', '1 rows', 'night']);
    expect((await rowlock.tasks.get(launched.task.id))?.tags).toEqual(['bulk', '1 rows', 'night']);
  });

  it.each([
    [{ delayMs: -1 }, 'delayMs is -1'],
    [{ delayMs: Number.NaN }, 'delayMs is NaN'],
    [{ retry: { backoffMs: 0.5 } }, 'retry.backoffMs is 0.5'],
    [{ onConflict: 'wait' as const, waitMs: Number.POSITIVE_INFINITY }, 'waitMs is Infinity'],
    [{ priority: 0 }, 'at "priority"'],
    [{ retry: { attempts: 1.5 } }, 'at "retry.attempts"'],
    [{ onConflict: 'queue' as 'wait' }, 'at "onConflict"'],
    [{ idempotencyKey: '' }, 'at "idempotencyKey"'],
    [{ idempotencyKey: 'k'.repeat(201) }, 'at "idempotencyKey"'],
    [{ tags: [''] }, 'The tags are malformed at "0"'],
    [{ tags: Array.from({ length: 21 }, (_, i) => `t${i}`) }, 'at most 20'],
    [{ waitMs: 5 }, "Add onConflict: 'wait'"],
    [{ onConflict: 'skip' as const }, 'cannot be launched for some of its records'],
  ])('a launch with %o is refused in words, and leaves nothing behind', async (options, words) => {
    const task = reportingTask();
    const { rowlock } = await rigOf({ tasks: [task] });
    const attempt = rowlock.tasks.launch(task, { ids: ['1'] }, { actor: ann, ...options });
    await expect(attempt).rejects.toThrow(words);
    await expect(attempt).rejects.toMatchObject({ code: 'bad_request' });
    expect((await rowlock.locks.check(['cities/1'])).held.size).toBe(0);
  });

  it('a launch accepts a label that was cut within a character, and refuses an input that JSON cannot hold', async () => {
    const task = reportingTask({ label: () => `${'x'.repeat(198)}😀😀` });
    const odd = defineTask({ name: 'odd', input: z.any(), records: () => ['cities/1'], run: () => 0 });
    const { rowlock } = await rigOf({ tasks: [task, odd] });
    const launched = await rowlock.tasks.launch(task, { ids: ['1'] }, { actor: ann });
    expect(await rowlock.tasks.get(launched.task.id)).toEqual({
      ...launched.task,
      version: expect.any(Number),
    });
    await expect(rowlock.tasks.launch(odd, 1n, { actor: ann })).rejects.toThrow('it has a BigInt');
  });
});
