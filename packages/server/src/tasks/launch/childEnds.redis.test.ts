/** Children end before their parent or with it. */
import { recordKey, type TaskView } from '@rowlock/protocol';
import { until } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { passAll, useFamilies } from '../../../test/fixtures/familyFixture.ts';
import { ann } from '../../../test/fixtures/taskFixture.ts';
import { defineTask, type TaskContext } from '../definition/defineTask.ts';

const { family, rigOf } = useFamilies();

describe('the end of a child', () => {
  it('a failed child fails its parent, once all children have ended', async () => {
    const all = await family(async (_ctx, launch) => {
      for (const name of ['bad', 'good', 'other']) await launch(name);
    });
    const { id, get, reaches, held, gates } = all;
    await gates.reached('other 0');
    passAll(all, 'bad');
    passAll(all, 'good');
    await until(async () => (await all.tasks.list()).tasks.filter((task) => task.endedAt).length === 2);
    expect((await get(id)).state).toBe('running');
    passAll(all, 'other');
    expect(await reaches(id, 'failed')).toMatchObject({ error: '1 of 3 child tasks failed.' });
    expect(await held('cities/0', 'cities/1', 'cities/2', 'cities/3')).toEqual([]);
  });

  it('P8: a child is cancelled with a reason when its parent fails', async () => {
    const children: TaskView[] = [];
    const { id, get, reaches, held, gates } = await family(async (ctx, launch) => {
      children.push(await launch('one'));
      await gates.pass(ctx, 'parent');
      throw new Error('Disk is full');
    });
    await gates.reached('one 0');
    gates.open('parent');
    expect(await reaches(id, 'failed')).toMatchObject({ error: 'Disk is full' });
    expect(await get(children[0]!.id)).toMatchObject({
      state: 'cancelled',
      error: 'Its parent task has ended as failed.',
    });
    expect(await held('cities/0', 'cities/1')).toEqual([]);
  });

  it('P8: a child is cancelled even if its parent has more children than one script can end', async () => {
    const children: TaskView[] = [];
    const { id, tasks, get, reaches, held } = await family(async (_ctx, launch) => {
      while (children.length < 450) children.push(await launch(`child ${children.length}`));
      throw new Error('Disk is full');
    });
    await reaches(id, 'failed');
    const open = async () => (await tasks.list({ states: ['queued', 'running'], limit: 1 })).tasks;
    await until(async () => (await open()).length === 0, { what: 'all children to end', timeoutMs: 20_000 });
    for (const child of children) {
      const { state, error } = await get(child.id);
      expect({ state, error }).toEqual({
        state: 'cancelled',
        error: expect.stringMatching(/^Its parent task has ended/),
      });
    }
    expect(await held('cities/0', 'cities/1', 'cities/2', 'cities/450')).toEqual([]);
  }, 60_000);

  it('P8: a child is cancelled with its parent, even if it has many siblings and the lease continues', async () => {
    const untilStopped = (ctx: TaskContext) =>
      new Promise<never>((_, reject) =>
        ctx.signal.addEventListener('abort', () => reject(ctx.signal.reason)),
      );
    const input = z.object({});
    const records = () => [recordKey('cities', 0)];
    let hasFailed = false;
    const begunLate: string[] = [];
    const grandchild = defineTask({
      name: 'grandchild',
      input,
      records,
      run(ctx) {
        if (hasFailed) begunLate.push(ctx.taskId);
        return untilStopped(ctx);
      },
    });
    const child = defineTask({
      name: 'child',
      input,
      records,
      async run(ctx) {
        for (let i = 0; i < 220; i++) await ctx.launch(grandchild, {});
        throw new Error('Disk is full');
      },
    });
    const parent = defineTask({
      name: 'parent',
      input,
      records,
      async run(ctx) {
        await ctx.launch(child, {});
        await untilStopped(ctx);
      },
    });
    const rig = await rigOf({ tasks: [parent, child, grandchild] });
    await rig.rowlock.startWorker({ concurrency: 4 });
    const { tasks } = rig.rowlock;
    const { task } = await tasks.launch(parent, {}, { actor: ann });
    const failed = async () => (await tasks.list({ names: ['child'], states: ['failed'] })).tasks[0];
    hasFailed = Boolean(await until(failed, { what: 'the child to fail', timeoutMs: 20_000 }));
    const open = async () =>
      (await tasks.list({ names: ['grandchild'], states: ['queued', 'running'] })).tasks;
    await until(async () => (await open()).length === 0, { what: 'its children to end', timeoutMs: 20_000 });
    expect(begunLate).toEqual([]);
    expect((await tasks.get(task.id))?.state).toBe('running');
    await tasks.cancel(task.id, { actor: ann });
  });

  it("a child is cancelled with its parent, even after the parent's run", async () => {
    const children: TaskView[] = [];
    const { id, tasks, get, reaches, held, gates } = await family(async (_ctx, launch) => {
      children.push(await launch('one'), await launch('two'));
      return 'over';
    });
    await gates.reached('two 0');
    await until(async () => (await get(id)).result === 'over');
    await tasks.cancel(id, { actor: ann });
    await reaches(id, 'cancelled');
    for (const child of children) expect((await get(child.id)).state).toBe('cancelled');
    expect(await held('cities/0', 'cities/1', 'cities/2')).toEqual([]);
  });
});
