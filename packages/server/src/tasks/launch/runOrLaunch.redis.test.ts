import { until } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { gatedTask, newNamespace, startRig } from '../../../test/fixtures/rig.ts';
import { ann, bo, reportingTask, useTasks } from '../../../test/fixtures/taskFixture.ts';
import { ConflictError } from '../../errors.ts';
import { defineTask } from '../definition/defineTask.ts';

const { server, rigOf, queueOf, reaches } = useTasks();

const by = { actor: ann };

describe('runOrLaunch', () => {
  it('runOrLaunch runs small work in this process as a task, and leaves no lock and no job', async () => {
    const namespace = newNamespace();
    const task = reportingTask();
    const { rowlock } = await rigOf({ namespace, tasks: [task] });
    const ran = await rowlock.tasks.runOrLaunch(task, { ids: ['1', '2'] }, { ...by, tags: ['small'] });
    expect(ran).toMatchObject({
      kind: 'done',
      result: { records: ['cities/1', 'cities/2'] },
      task: { state: 'completed', attempt: 1, tags: ['small'] },
    });
    expect(await rowlock.tasks.get(ran.task.id)).toEqual(ran.task);
    expect((await rowlock.locks.list()).leases).toEqual([]);
    expect(await queueOf(namespace).getJobCounts()).toMatchObject({ waiting: 0, active: 0, completed: 0 });
  });

  it('runOrLaunch launches work above the threshold, and delayed work', async () => {
    const task = reportingTask();
    const { rowlock } = await rigOf({ tasks: [task] });
    const large = await rowlock.tasks.runOrLaunch(task, { ids: ['1', '2'] }, { ...by, threshold: 1 });
    expect(large).toMatchObject({ kind: 'launched', task: { state: 'queued', recordCount: 2 } });
    const late = await rowlock.tasks.runOrLaunch(task, { ids: ['3'] }, { ...by, delayMs: 1_000 });
    expect(late.kind).toBe('launched');
  });

  it('runOrLaunch holds the records while it runs, and shows its progress to everybody', async () => {
    const { task, gate } = gatedTask();
    const { rowlock } = await rigOf({ tasks: [task] });
    const gateA = gate('a');
    const run = rowlock.tasks.runOrLaunch(task, { ids: ['1', '2'], gate: 'a' }, by);
    await gateA.started;
    const refusal = await rowlock.tasks
      .runOrLaunch(task, { ids: ['2'], gate: 'b' }, { actor: bo })
      .catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(ConflictError);
    const held = (refusal as ConflictError).conflicts[0]!;
    expect(held.task).toMatchObject({ state: 'running', label: 'Gated · 2' });
    await until(async () => (await rowlock.tasks.get(held.task!.id))?.progress.done === 1);
    gateA.finish();
    expect(await run).toMatchObject({ kind: 'done', result: { changed: 2 } });
  });

  it('runOrLaunch throws the error of the run, and the task has failed with it', async () => {
    const { task, gate } = gatedTask('gated', 5);
    const { rowlock } = await rigOf({ tasks: [task] });
    gate('a').finish(new Error('Disk is full'));
    await expect(rowlock.tasks.runOrLaunch(task, { ids: ['1'], gate: 'a' }, by)).rejects.toThrow(
      'Disk is full',
    );
    expect((await rowlock.tasks.list()).tasks).toMatchObject([
      { state: 'failed', error: 'Disk is full', attempt: 1 },
    ]);
    expect((await rowlock.locks.check(['cities/1'])).held.size).toBe(0);
  });

  it('runOrLaunch throws a conflict of its run, even if it could wait for its own records', async () => {
    const { task: gated } = gatedTask();
    const greedy = defineTask({
      name: 'greedy',
      input: z.object({}),
      records: () => ['cities/1'],
      run: (ctx) => ctx.extend(['cities/2']),
    });
    const { rowlock } = await rigOf({ tasks: [gated, greedy] });
    await rowlock.tasks.launch(gated, { ids: ['2'], gate: 'a' }, by);
    const run = rowlock.tasks.runOrLaunch(greedy, {}, { actor: bo, onConflict: 'wait' });
    await expect(run).rejects.toBeInstanceOf(ConflictError);
    expect((await rowlock.tasks.list()).tasks).toHaveLength(2);
  });

  it('runOrLaunch waits as a task if its records are blocked and it may wait', async () => {
    const { task: gated } = gatedTask();
    const task = reportingTask();
    const { rowlock } = await rigOf({ tasks: [gated, task] });
    await rowlock.tasks.launch(gated, { ids: ['1'], gate: 'a' }, by);
    const ran = await rowlock.tasks.runOrLaunch(task, { ids: ['1'] }, { actor: bo, onConflict: 'wait' });
    expect(ran).toMatchObject({ kind: 'launched', task: { state: 'waiting', position: 1 } });
  });

  it('a run in this process stops when it is cancelled', async () => {
    const { task, gate } = gatedTask();
    const { rowlock } = await rigOf({ tasks: [task] });
    const gateA = gate('a');
    const run = rowlock.tasks.runOrLaunch(task, { ids: ['1'], gate: 'a' }, by);
    run.catch(() => {});
    await gateA.started;
    const [listed] = (await rowlock.tasks.list()).tasks;
    await rowlock.tasks.cancel(listed!.id, by);
    await expect(run).rejects.toThrow('cancelled');
    expect((await rowlock.tasks.get(listed!.id))?.state).toBe('cancelled');
  });

  it('two concurrent runOrLaunch with one key run once, and a later one returns the result', async () => {
    let runs = 0;
    const task = reportingTask({ run: () => ++runs });
    const { rowlock } = await rigOf({ tasks: [task] });
    const run = () => rowlock.tasks.runOrLaunch(task, { ids: ['1'] }, { ...by, idempotencyKey: 'k' });
    const both = await Promise.all([run(), run()]);
    expect(new Set(both.map((each) => each.task.id)).size).toBe(1);
    expect(await run()).toMatchObject({ kind: 'done', result: 1 });
    expect(runs).toBe(1);
  });

  it('a run in this process keeps its locks and continues in the queue when the process closes', async () => {
    const namespace = newNamespace();
    const { task, gate } = gatedTask();
    const dying = await startRig(server(), { namespace, tasks: [task] });
    const rig = await rigOf({ namespace, tasks: [task] });
    const [first, second] = [gate('a'), gate('a')];
    const run = dying.rowlock.tasks.runOrLaunch(task, { ids: ['1'], gate: 'a' }, by);
    await first.started;
    await dying.close();
    const launched = await run;
    expect(launched).toMatchObject({ kind: 'launched', task: { state: 'retrying' } });
    expect((await rig.rowlock.locks.check(['cities/1'])).held.size).toBe(1);
    await rig.rowlock.startWorker();
    await second.started;
    second.finish();
    expect(await reaches(rig, launched.task.id, 'completed')).toMatchObject({ attempt: 2 });
  });

  it('runOrLaunch does not delay close while the application selects records', async () => {
    let ask = () => {};
    const asked = new Promise<void>((resolve) => {
      ask = resolve;
    });
    const silent = reportingTask({
      records() {
        ask();
        return new Promise(() => {});
      },
    });
    const rig = await startRig(server(), { tasks: [silent] });
    void rig.rowlock.tasks.runOrLaunch(silent, { ids: ['1'] }, by);
    await asked;
    await rig.close();
  });
});

describe('preview', () => {
  it('preview shows the records, the free ones and the conflicts, and locks nothing', async () => {
    const { task: gated } = gatedTask();
    const task = reportingTask({ label: ({ ids }) => `Report on ${ids.length}` });
    const { rowlock } = await rigOf({ tasks: [gated, task] });
    const holder = await rowlock.tasks.launch(gated, { ids: ['2', '3'], gate: 'a' }, by);
    const ids = Array.from({ length: 30 }, (_, i) => String(i));
    const preview = await rowlock.tasks.preview(task, { ids }, { actor: bo });
    expect(preview).toMatchObject({
      label: 'Report on 30',
      recordCount: 30,
      freeCount: 28,
      conflicts: [{ recordCount: 2, records: ['cities/2', 'cities/3'], task: { id: holder.task.id } }],
    });
    expect(preview.records).toHaveLength(20);
    expect((await rowlock.locks.list()).leases).toHaveLength(1);
    expect((await rowlock.tasks.list()).tasks).toHaveLength(1);
  });

  it('preview counts a record once that several leases hold, and checks more records than one script can', async () => {
    const reader = reportingTask({ name: 'reader', mode: 'shared' });
    const large = reportingTask({
      name: 'large',
      records: () => Array.from({ length: 25_000 }, (_, i) => `cities/${i}` as const),
    });
    const { rowlock } = await rigOf({ tasks: [reader, large] });
    for (let i = 0; i < 2; i++) await rowlock.tasks.launch(reader, { ids: ['7', '20000'] }, by);
    const preview = await rowlock.tasks.preview(large, { ids: [] }, { actor: bo });
    expect(preview).toMatchObject({ recordCount: 25_000, freeCount: 24_998 });
    expect(preview.conflicts.map(({ recordCount }) => recordCount)).toEqual([2, 2]);
  });

  it('P12: preview is refused to users who may not launch the task', async () => {
    const task = reportingTask();
    const { rowlock } = await rigOf({ tasks: [task] });
    const viewer = { id: 'viewer', name: 'viewer' };
    await expect(rowlock.tasks.preview(task, { ids: ['1'] }, { actor: viewer })).rejects.toMatchObject({
      code: 'forbidden',
    });
  });
});

describe('launchMany', () => {
  it('launchMany returns one result for each request, in order, and a refusal affects no other', async () => {
    const task = reportingTask();
    const { rowlock } = await rigOf({ tasks: [task] });
    const requests = Array.from({ length: 40 }, (_, i) => ({
      definition: task,
      input: { ids: [i === 20 ? '3' : String(i)] },
      options: by,
    }));
    requests[30]!.input = { ids: [] };
    const results = await rowlock.tasks.launchMany(requests);
    expect(results).toHaveLength(40);
    expect(results[20]).toMatchObject({ error: expect.any(ConflictError) });
    expect(results[30]).toMatchObject({ error: { code: 'bad_request' } });
    const launched = results.filter((result) => 'task' in result);
    expect(launched).toHaveLength(38);
    const held = await rowlock.locks.check(['cities/39']);
    const last = results[39]!;
    expect('task' in last && held.held.get('cities/39')).toEqual(['task' in last && last.task.leaseId]);
  });
});
