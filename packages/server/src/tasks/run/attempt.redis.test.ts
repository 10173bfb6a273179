/** The attempts at a task: how a run ends, and what its task and its lease are then. */
import { until } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { useGatedTasks } from '../../../test/fixtures/gatedRig.ts';
import { ann, reportingTask } from '../../../test/fixtures/taskFixture.ts';
import { defineTask } from '../definition/defineTask.ts';

const { gatedRig, rigOf } = useGatedTasks();

describe('a run', () => {
  it('a run that throws fails the task with its reason, and frees the records', async () => {
    const { tasks, task, gate, reaches, held } = await gatedRig();
    const gateA = gate('a');
    const { task: launched } = await tasks.launch(task, { ids: ['1'], gate: 'a' }, { actor: ann });
    gateA.finish(new Error('Disk is full'));
    await reaches(launched.id, 'failed');
    expect(await tasks.get(launched.id)).toMatchObject({ error: 'Disk is full' });
    expect(await held('1')).toBe(0);
  });

  it('P6: a task keeps its lease between a failed attempt and the next', async () => {
    const { tasks, task, gate, reaches, held } = await gatedRig({ attempts: 2 });
    const [first, second] = [gate('a'), gate('a')];
    const { task: launched } = await tasks.launch(task, { ids: ['1'], gate: 'a' }, { actor: ann });
    await first.started;
    first.finish(new Error('Flaky'));
    await second.started;
    expect(await held('1')).toBe(1);
    expect(await tasks.get(launched.id)).toMatchObject({
      state: 'running',
      attempt: 2,
      leaseId: launched.leaseId,
    });
    second.finish();
    await reaches(launched.id, 'completed');
  });

  it('a run stops when it is cancelled, and is not retried', async () => {
    const { tasks, task, gate, reaches, held } = await gatedRig({ attempts: 3 });
    const gateA = gate('a');
    const { task: launched } = await tasks.launch(task, { ids: ['1'], gate: 'a' }, { actor: ann });
    const signal = await gateA.started;
    await tasks.cancel(launched.id, { actor: ann });
    await reaches(launched.id, 'cancelled');
    expect(signal.aborted).toBe(true);
    expect(await held('1')).toBe(0);
    expect(await tasks.cancel(launched.id, { actor: ann })).toMatchObject({ state: 'cancelled', attempt: 1 });
  });

  it('a task returns to the queue with its locks when its worker shuts down', async () => {
    const { tasks, task, gate, rowlock, reaches, held } = await gatedRig({ work: false });
    const worker = await rowlock.startWorker();
    const [first, second] = [gate('a'), gate('a')];
    const { task: launched } = await tasks.launch(task, { ids: ['1'], gate: 'a' }, { actor: ann });
    await first.started;
    await worker.close(0);
    expect(await tasks.get(launched.id)).toMatchObject({ state: 'retrying' });
    expect(await held('1')).toBe(1);
    await rowlock.startWorker();
    await second.started;
    second.finish();
    await reaches(launched.id, 'completed');
  });

  it('a task returns to the queue even if the check of its result never ends', async () => {
    let check = () => {};
    const isChecked = new Promise<void>((resolve) => {
      check = resolve;
    });
    const task = reportingTask({
      result: z.unknown().refine(() => {
        check();
        return new Promise<boolean>(() => {});
      }),
    });
    const rig = await rigOf({ tasks: [task] });
    const { tasks, locks } = rig.rowlock;
    const worker = await rig.rowlock.startWorker();
    const { task: launched } = await tasks.launch(task, { ids: ['1'] }, { actor: ann });
    await isChecked;
    await worker.close(0);
    expect(await tasks.get(launched.id)).toMatchObject({ state: 'retrying', hasWorker: true });
    expect((await locks.check(['cities/1'])).held.size).toBe(1);
  });
});

describe('code inside a run', () => {
  it('code inside a run joins the lease of its task as the same holder or without one, and adds missing records', async () => {
    const nested: string[] = [];
    const task = defineTask({
      name: 'nesting',
      input: z.object({}),
      records: () => ['cities/1'],
      async run(ctx) {
        const records = ['cities/1', 'cities/2'] as const;
        await rowlock.locks.withLock({ records }, async (lease) => {
          nested.push(lease.id);
          const snapshot = await rowlock.locks.check(records);
          nested.push(...[...snapshot.held.values()].flat());
        });
        const holder = { type: 'task', id: ctx.taskId, label: 'Save', actor: ann } as const;
        await rowlock.locks.withLock({ holder, records }, async (lease) => void nested.push(lease.id));
        const other = { type: 'person', id: 'save', label: 'Save', actor: ann } as const;
        await rowlock.locks
          .withLock({ holder: other, records }, async (lease) => void nested.push(lease.id))
          .catch((error) => nested.push(error.code));
        return ctx.taskId;
      },
    });
    const rig = await rigOf({ tasks: [task] });
    const { rowlock } = rig;
    await rowlock.startWorker();
    const launched = await rowlock.tasks.launch(task, {}, { actor: ann });
    const state = async () => (await rowlock.tasks.get(launched.task.id))?.state;
    await until(async () => (await state()) === 'completed', { what: 'the task to be completed' });
    expect(nested).toEqual([...Array(4).fill(launched.task.leaseId), 'conflict']);
    expect((await rowlock.locks.check(['cities/1', 'cities/2'])).held.size).toBe(0);
  });
});
