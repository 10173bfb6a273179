import { describe, expect, it } from 'vitest';
import { gatedTask, newNamespace } from '../../../test/fixtures/rig.ts';
import { ann, bo, reportingTask, useTasks } from '../../../test/fixtures/taskFixture.ts';
import { ConflictError } from '../../errors.ts';
import { createIdempotencyKeys } from '../store/idempotencyKeys.ts';

const { rigOf, redisOf, queueOf, reaches } = useTasks();

const keyed = { actor: ann, idempotencyKey: 'submit-7' };
/** Of 100 launches; over two processes' ends they take turns. */
const hundred = Array.from({ length: 100 }, (_, i) => i);

describe.each([
  ['in one step', {}],
  ['in several steps', { onConflict: 'wait' as const }],
])('100 launches of one key at once, %s', (_how, more) => {
  it('concurrent launches with one key are one task, in one process', async () => {
    const namespace = newNamespace();
    const task = reportingTask();
    const { rowlock } = await rigOf({ namespace, tasks: [task] });
    const launch = () => rowlock.tasks.launch(task, { ids: ['1', '2'] }, { ...keyed, ...more });
    const ids = await Promise.all(hundred.map(async () => (await launch()).task.id));
    expect(new Set(ids).size).toBe(1);
    expect(await queueOf(namespace).getJobCountByTypes('waiting', 'delayed', 'active')).toBe(1);
    expect((await rowlock.locks.list()).leases).toHaveLength(1);
  });

  it('concurrent launches with one key are one task, in two processes', async () => {
    const namespace = newNamespace();
    const task = reportingTask();
    const rigs = [
      await rigOf({ namespace, tasks: [task] }),
      await rigOf({ namespace, tasks: [task] }),
    ] as const;
    const launch = (i: number) =>
      rigs[i % 2]!.rowlock.tasks.launch(task, { ids: ['1', '2'] }, { ...keyed, ...more });
    const ids = await Promise.all(hundred.map(async (i) => (await launch(i)).task.id));
    expect(new Set(ids).size).toBe(1);
    await rigs[0].rowlock.startWorker();
    await reaches(rigs[0], ids[0]!, 'completed');
    expect((await rigs[0].rowlock.locks.list()).leases).toHaveLength(0);
  });
});

describe('an idempotency key', () => {
  it('an idempotency key belongs to one definition', async () => {
    const [one, other] = [reportingTask(), reportingTask({ name: 'other' })];
    const { rowlock } = await rigOf({ tasks: [one, other] });
    const first = await rowlock.tasks.launch(one, { ids: ['1'] }, keyed);
    const second = await rowlock.tasks.launch(other, { ids: ['2'] }, keyed);
    expect(second.task.id).not.toBe(first.task.id);
  });

  it('an idempotency key finds its ended task, even if its records have changed', async () => {
    let records = ['cities/1'] as `cities/${string}`[];
    const task = reportingTask({ records: () => records });
    const rig = await rigOf({ tasks: [task] });
    await rig.rowlock.startWorker();
    const first = await rig.rowlock.tasks.launch(task, { ids: [] }, keyed);
    await reaches(rig, first.task.id, 'completed');
    records = [];
    const again = await rig.rowlock.tasks.launch(task, { ids: [] }, keyed);
    expect(again.task).toMatchObject({ id: first.task.id, state: 'completed' });
  });

  it.each([
    ['in one step', 3],
    ['in several steps', 10_001],
  ])('the key of a refused launch is free again (%s)', async (_how, count) => {
    const { task: gated } = gatedTask();
    const task = reportingTask({
      records: () => Array.from({ length: count }, (_, i) => `cities/${i}` as const),
    });
    const { rowlock } = await rigOf({ tasks: [gated, task] });
    const first = await rowlock.tasks.launch(gated, { ids: ['1'], gate: 'a' }, { actor: bo });
    const launch = () => rowlock.tasks.launch(task, { ids: [] }, keyed);
    await expect(launch()).rejects.toBeInstanceOf(ConflictError);
    await rowlock.tasks.cancel(first.task.id, { actor: bo });
    expect((await launch()).task.state).toBe('queued');
  });

  it('the key of a launch whose job could not be queued is free again', async () => {
    const namespace = newNamespace();
    const task = reportingTask();
    const { rowlock } = await rigOf({ namespace, tasks: [task] });
    const { redis, keys } = redisOf(namespace);
    const wait = `${keys.bullPrefix}:tasks:wait`;
    await redis.set(wait, 'no list');
    await expect(rowlock.tasks.launch(task, { ids: ['1'] }, keyed)).rejects.toThrow('WRONGTYPE');
    await redis.del(wait);
    expect((await rowlock.tasks.launch(task, { ids: ['1'] }, keyed)).task.state).toBe('queued');
  });

  it('a second launch adds the job if the first launcher crashed before it did', async () => {
    const namespace = newNamespace();
    const task = reportingTask();
    const rig = await rigOf({ namespace, tasks: [task] });
    const first = await rig.rowlock.tasks.launch(task, { ids: ['1'] }, keyed);
    const job = await queueOf(namespace).getJob(first.task.id);
    await job!.remove();
    const again = await rig.rowlock.tasks.launch(task, { ids: ['1'] }, keyed);
    expect(again.task.id).toBe(first.task.id);
    await rig.rowlock.startWorker();
    await reaches(rig, first.task.id, 'completed');
  });

  it('one waiting launch takes the key over if its launcher crashed between reservation and task', async () => {
    const namespace = newNamespace();
    const task = reportingTask();
    const { rowlock } = await rigOf({ namespace, tasks: [task] });
    const { redis, keys } = redisOf(namespace);
    const dead = 'a-task-that-never-came';
    await createIdempotencyKeys(redis, keys).reserve('reporting:submit-7', dead);
    const launch = () => rowlock.tasks.launch(task, { ids: ['1'] }, keyed);
    const startedMs = performance.now();
    const ids = await Promise.all([launch(), launch(), launch()].map(async (each) => (await each).task.id));
    expect(performance.now() - startedMs).toBeGreaterThan(9_000);
    expect(new Set(ids).size).toBe(1);
    expect(ids[0]).not.toBe(dead);
  }, 30_000);

  it("P12: another user's key returns its task only to users who may watch it", async () => {
    const task = reportingTask();
    const { rowlock } = await rigOf({
      tasks: [task],
      authorize: ({ action, actor, task: asked }) =>
        action !== 'watch' || (asked !== undefined && 'actor' in asked && asked.actor.id === actor.id),
    });
    await rowlock.tasks.launch(task, { ids: ['1'] }, keyed);
    await expect(rowlock.tasks.launch(task, { ids: ['1'] }, { ...keyed, actor: bo })).rejects.toMatchObject({
      code: 'forbidden',
    });
  });
});
