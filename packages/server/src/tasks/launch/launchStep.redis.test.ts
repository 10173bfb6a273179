/** The single step that acquires the records and stores the task, and the job that follows it. */
import { describe, expect, it } from 'vitest';
import { newNamespace } from '../../../test/fixtures/rig.ts';
import { ann, reportingTask, useTasks } from '../../../test/fixtures/taskFixture.ts';
import { readEntry } from '../../changeLog/entry.ts';
import { ConflictError } from '../../errors.ts';

const { rigOf, redisOf, queueOf } = useTasks();

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
