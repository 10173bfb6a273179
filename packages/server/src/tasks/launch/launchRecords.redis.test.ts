/** The records of a launch: page by page, many, or only the free ones. */
import { describe, expect, it } from 'vitest';
import { gatedTask } from '../../../test/fixtures/rig.ts';
import { ann, bo, reportingTask, useTasks } from '../../../test/fixtures/taskFixture.ts';
import { ConflictError } from '../../errors.ts';

const { rigOf, reaches } = useTasks();

describe('the records of a launch', () => {
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
