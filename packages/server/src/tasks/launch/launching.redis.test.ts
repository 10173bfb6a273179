import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { gatedTask, newNamespace } from '../../../test/fixtures/rig.ts';
import { ann, bo, reportingTask, useTasks } from '../../../test/fixtures/taskFixture.ts';
import { readEntry } from '../../changeLog/entry.ts';
import { ConflictError } from '../../errors.ts';
import { defineTask } from '../definition/defineTask.ts';

const { rigOf, redisOf, queueOf, reaches } = useTasks();

describe('a launch', () => {
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
  ])('with %o is refused in words, and leaves nothing behind', async (options, words) => {
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

  it('a launch locks records that come page by page, without duplicates, and subtrees', async () => {
    const paged = reportingTask({
      name: 'paged',
      async *records({ ids }) {
        for (const id of ids) yield [`cities/${id}`, 'cities/0'] as const;
      },
    });
    const wide = reportingTask({
      name: 'wide',
      scope: 'subtree',
      records: async ({ ids }) => ids.map((id) => `regions/${id}` as const),
    });
    const { rowlock } = await rigOf({
      tasks: [paged, wide],
      hierarchy: {
        cities: { under: ['regions'], getAncestors: (ids) => ids.map((id) => [`regions/${id[0]}`]) },
      },
    });
    const first = await rowlock.tasks.launch(paged, { ids: ['1', '2'] }, { actor: ann });
    expect(first.task.recordCount).toBe(3);
    const refusal = rowlock.tasks.launch(wide, { ids: ['1'] }, { actor: bo });
    await expect(refusal).rejects.toBeInstanceOf(ConflictError);
    const second = await rowlock.tasks.launch(wide, { ids: ['7'] }, { actor: bo });
    expect((await rowlock.locks.check(['cities/71'])).held.get('cities/71')).toEqual([second.task.leaseId]);
  });

  it('a launch stops reading pages when no lease could cover the records', async () => {
    let pages = 0;
    const endless = reportingTask({
      async *records() {
        for (;;) {
          const first = pages++ * 50_000;
          yield Array.from({ length: 50_000 }, (_, i) => `cities/${first + i}` as const);
        }
      },
    });
    const { rowlock } = await rigOf({ tasks: [endless] });
    await expect(rowlock.tasks.launch(endless, { ids: [] }, { actor: ann })).rejects.toMatchObject({
      code: 'too_many_records',
    });
    expect(pages).toBe(5);
  });

  it('P2: a launch locks more records than one script can, all of them or none', async () => {
    const task = reportingTask({
      records: ({ ids }) => Array.from({ length: 12_000 }, (_, i) => `cities/${ids[0]}-${i}` as const),
      run: (ctx) => ctx.records.length,
    });
    const rig = await rigOf({ tasks: [task] });
    const { tasks, startWorker } = rig.rowlock;
    const launched = await tasks.launch(task, { ids: ['a'] }, { actor: ann, idempotencyKey: 'large' });
    expect(launched.task.recordCount).toBe(12_000);
    const again = await tasks.launch(task, { ids: ['a'] }, { actor: ann, idempotencyKey: 'large' });
    expect(again.task.id).toBe(launched.task.id);
    await expect(tasks.launch(task, { ids: ['a'] }, { actor: bo })).rejects.toBeInstanceOf(ConflictError);
    await startWorker();
    expect((await reaches(rig, launched.task.id, 'completed')).result).toBe(12_000);
  });

  it('a launch with skip gets the free records, and returns the skipped ones and their holders', async () => {
    const { task: gated } = gatedTask();
    const task = reportingTask({ supportsPartial: true });
    const rig = await rigOf({ tasks: [gated, task] });
    const { tasks } = rig.rowlock;
    const first = await tasks.launch(gated, { ids: ['2'], gate: 'a' }, { actor: ann });
    const launched = await tasks.launch(task, { ids: ['1', '2', '3'] }, { actor: bo, onConflict: 'skip' });
    expect(launched.skipped).toEqual(['cities/2']);
    expect(launched.conflicts).toMatchObject([{ records: ['cities/2'], task: { id: first.task.id } }]);
    expect(launched.task.recordCount).toBe(2);
    const none = tasks.launch(task, { ids: ['2', '3'] }, { actor: bo, onConflict: 'skip' });
    await expect(none).rejects.toBeInstanceOf(ConflictError);
    await rig.rowlock.startWorker();
    expect((await reaches(rig, launched.task.id, 'completed')).result).toEqual({
      records: ['cities/1', 'cities/3'],
    });
  });
});

describe('a single step', () => {
  it('a launch sends its job directly after the task, and a refused launch adds no job', async () => {
    const namespace = newNamespace();
    const task = reportingTask();
    const { rowlock } = await rigOf({ namespace, tasks: [task] });
    const { redis, keys } = redisOf(namespace);
    const queue = queueOf(namespace);
    const launch = (key: string) =>
      rowlock.tasks.launch(task, { ids: ['1'] }, { actor: ann, idempotencyKey: key });
    const { task: launched } = await launch('k');
    await expect(launch('other')).rejects.toBeInstanceOf(ConflictError);
    expect((await launch('k')).task.id).toBe(launched.id);
    expect(await redis.lrange(`${keys.bullPrefix}:tasks:wait`, 0, -1)).toEqual([launched.id]);
    expect((await queue.getJobs()).map((job) => job?.id)).toEqual([launched.id]);
    for (const key of await redis.keys(`${keys.bullPrefix}:tasks:*-*`)) {
      const isJob = key.endsWith(launched.id);
      expect(await redis.pttl(key)).toEqual(isJob ? -1 : expect.any(Number));
      expect(await redis.hexists(key, 'refused')).toBe(isJob ? 0 : 1);
      if (!isJob) expect(await redis.pttl(key)).toBeGreaterThan(0);
    }
  });

  it('a refused launch whose script Redis did not have leaves an earlier job alone', async () => {
    const namespace = newNamespace();
    const task = reportingTask();
    const { rowlock } = await rigOf({ namespace, tasks: [task] });
    const { redis, keys } = redisOf(namespace);
    const queue = queueOf(namespace);
    const launch = () => rowlock.tasks.launch(task, { ids: ['1'] }, { actor: ann });
    const { task: launched } = await launch();
    await redis.script('FLUSH');
    // BullMQ's own script is there again, ours is not.
    await queue.add('nothing of ours', { input: {} }, { jobId: 'other' });
    await expect(launch()).rejects.toBeInstanceOf(ConflictError);
    const orphans = (await redis.lrange(`${keys.bullPrefix}:tasks:wait`, 0, -1)).filter(
      (id) => id !== launched.id && id !== 'other',
    );
    expect(orphans).toHaveLength(1);
    const orphan = `${keys.bullPrefix}:tasks:${orphans[0]}`;
    expect(await redis.pttl(orphan)).toBe(-1);
    expect(await redis.hexists(orphan, 'refused')).toBe(0);
    expect((await rowlock.tasks.list()).tasks.map(({ id }) => id)).toEqual([launched.id]);
  });

  it('a launch that fails leaves neither task nor lock nor job', async () => {
    const namespace = newNamespace();
    const task = reportingTask();
    const { rowlock } = await rigOf({ namespace, tasks: [task] });
    const { redis, keys } = redisOf(namespace);
    await redis.set(keys.heartbeats, 'no hash');
    await expect(rowlock.tasks.launch(task, { ids: ['1'] }, { actor: ann })).rejects.toThrow('WRONGTYPE');
    await redis.del(keys.heartbeats);
    expect(await redis.llen(`${keys.bullPrefix}:tasks:wait`)).toBe(0);
    expect((await rowlock.locks.check(['cities/1'])).held.size).toBe(0);
    expect(await rowlock.tasks.list()).toEqual({ tasks: [] });
  });

  it('a launch acquires the records and stores the task in one step, so that no lease of a task lacks its task', async () => {
    const namespace = newNamespace();
    const task = reportingTask();
    const { rowlock } = await rigOf({ namespace, tasks: [task] });
    const launched = await rowlock.tasks.launch(task, { ids: ['1', '2'] }, { actor: ann });
    const { redis, keys } = redisOf(namespace);
    const newest = await redis.xrevrange(keys.log, '+', '-', 'COUNT', 2);
    expect(newest.map(readEntry).map((entry) => entry?.kind)).toEqual(['task', 'acquired']);
    expect(launched.task.createdAt).toBe(Number(newest[1]![0].split('-')[0]));
  });
});
