import type { TaskView } from '@rowlock/protocol';
import { until } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import { gatedTask, newNamespace, type Rig } from '../../../test/fixtures/rig.ts';
import { ann, bo, reportingTask, useTasks } from '../../../test/fixtures/taskFixture.ts';
import type { TaskQuery } from './taskList.ts';

const { rigOf, redisOf, reaches } = useTasks();

const labelled = reportingTask({
  label: ({ ids }) => `Report ${ids.join()}`,
  tags: ({ ids }) => [`row-${ids[0]}`],
});

async function allPages(rig: Rig, filter: TaskQuery): Promise<string[][]> {
  const pages: string[][] = [];
  let after: string | undefined;
  do {
    const page = await rig.rowlock.tasks.list({ ...filter, ...(after !== undefined && { after }) });
    pages.push(page.tasks.map(({ id }) => id));
    after = page.next;
  } while (after !== undefined);
  return pages;
}

describe('the list of tasks', () => {
  it('the list has pages, newest first, with each task once, even while others are launched', async () => {
    const rig = await rigOf({ tasks: [labelled] });
    const launch = (i: number) => rig.rowlock.tasks.launch(labelled, { ids: [String(i)] }, { actor: ann });
    const launched: TaskView[] = [];
    for (let i = 0; i < 45; i++) launched.push((await launch(i)).task);
    const ids = launched.map(({ id }) => id).reverse();
    const first = await rig.rowlock.tasks.list({ limit: 10 });
    await launch(100);
    const second = await rig.rowlock.tasks.list({ limit: 10, after: first.next! });
    expect([...first.tasks, ...second.tasks].map(({ id }) => id)).toEqual(ids.slice(0, 20));
    const pages = await allPages(rig, { limit: 23 });
    expect(pages.map((page) => page.length)).toEqual([23, 23]);
    expect(pages.flat().slice(1)).toEqual(ids);
  });

  it('the list is filtered by state, name, tags, actor, time and text', async () => {
    const { task: gated } = gatedTask();
    const rig = await rigOf({ tasks: [labelled, gated] });
    const { tasks } = rig.rowlock;
    const first = await tasks.launch(labelled, { ids: ['1', '2'] }, { actor: ann, tags: ['night'] });
    await until(() => Date.now() > first.task.createdAt, { what: 'the next millisecond' });
    const second = await tasks.launch(labelled, { ids: ['3'] }, { actor: bo, tags: ['night', 'Paris'] });
    const third = await tasks.launch(gated, { ids: ['4'], gate: 'a' }, { actor: bo });
    await tasks.cancel(first.task.id, { actor: ann });
    const found = async (filter: TaskQuery) => (await tasks.list(filter)).tasks.map(({ id }) => id);
    const [a, b, c] = [first.task.id, second.task.id, third.task.id] as const;
    expect(await found({})).toEqual([c, b, a]);
    expect(await found({ states: ['queued'] })).toEqual([c, b]);
    expect(await found({ states: ['queued', 'cancelled'], names: ['reporting'] })).toEqual([b, a]);
    expect(await found({ tags: ['night'] })).toEqual([b, a]);
    expect(await found({ tags: ['night', 'row-3'] })).toEqual([b]);
    expect(await found({ actorId: 'bo' })).toEqual([c, b]);
    expect(await found({ launchedAfter: second.task.createdAt })).toEqual([c, b]);
    expect(await found({ launchedBefore: second.task.createdAt })).toEqual([a]);
    expect(await found({ text: 'report 1' })).toEqual([a]);
    expect(await found({ text: 'PARIS' })).toEqual([b]);
    expect(await found({ text: c.slice(0, 18) })).toEqual([c]);
    expect(await found({ text: 'nowhere' })).toEqual([]);
  });

  it('the list of a record has the tasks that hold it, wait for it or have held it', async () => {
    const { task: gated, gate } = gatedTask();
    const rig = await rigOf({ tasks: [labelled, gated] });
    const { tasks, startWorker } = rig.rowlock;
    const worker = await startWorker();
    const past = await tasks.launch(labelled, { ids: ['1', '2'] }, { actor: ann });
    await reaches(rig, past.task.id, 'completed');
    const gateA = gate('a');
    const holder = await tasks.launch(gated, { ids: ['1'], gate: 'a' }, { actor: ann });
    const waiter = await tasks.launch(labelled, { ids: ['1'] }, { actor: bo, onConflict: 'wait' });
    await tasks.launch(labelled, { ids: ['7'] }, { actor: bo });
    const found = async (filter: TaskQuery) => (await tasks.list(filter)).tasks.map(({ id }) => id);
    expect(await found({ record: 'cities/1' })).toEqual([waiter.task.id, holder.task.id, past.task.id]);
    expect(await found({ record: 'cities/1', limit: 1 })).toEqual([waiter.task.id]);
    expect(await found({ record: 'cities/2' })).toEqual([past.task.id]);
    expect(await found({ record: 'cities/99' })).toEqual([]);
    gateA.finish();
    await reaches(rig, waiter.task.id, 'completed');
    await worker.close();
  });

  it('P12: the list has full pages of visible tasks, however many are hidden', async () => {
    const rig = await rigOf({
      tasks: [labelled],
      authorize: ({ action, task }) =>
        action !== 'watch' || (task !== undefined && 'tags' in task && task.tags!.includes('open')),
    });
    for (let i = 0; i < 60; i++) {
      const tags = i % 20 === 0 ? ['open'] : [];
      await rig.rowlock.tasks.launch(labelled, { ids: [String(i)] }, { actor: ann, tags });
    }
    const page = await rig.rowlock.tasks.list({ limit: 2, visibleTo: bo });
    expect(page.tasks.map(({ label }) => label)).toEqual(['Report 40', 'Report 20']);
    const rest = await rig.rowlock.tasks.list({ limit: 2, visibleTo: bo, after: page.next! });
    expect(rest).toMatchObject({ tasks: [{ label: 'Report 0' }] });
    expect(rest.next).toBeUndefined();
  });

  it('the list refuses an `after` that it has not returned', async () => {
    const rig = await rigOf({ tasks: [labelled] });
    await expect(rig.rowlock.tasks.list({ after: 'page 2' })).rejects.toMatchObject({ code: 'bad_request' });
  });
});

describe('retention', () => {
  it('retention keeps the newest ended tasks and every open one, and deletes all data of the others', async () => {
    const namespace = newNamespace();
    const noisy = reportingTask({
      run(ctx) {
        ctx.recordFailed(ctx.records[0]!, 'odd');
        ctx.log('Done');
      },
    });
    const { task: gated } = gatedTask();
    const rig = await rigOf({ namespace, tasks: [noisy, gated], retention: { maxTasks: 2 } });
    const { tasks } = rig.rowlock;
    const open = await tasks.launch(gated, { ids: ['99'], gate: 'a' }, { actor: ann, delayMs: 3_600_000 });
    await rig.rowlock.startWorker();
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) {
      const launched = await tasks.launch(
        noisy,
        { ids: [String(i)] },
        { actor: ann, idempotencyKey: `k${i}` },
      );
      ids.push(launched.task.id);
      await reaches(rig, launched.task.id, 'completed');
    }
    await until(async () => (await tasks.list()).tasks.length === 3, { timeoutMs: 5_000 });
    expect((await tasks.list()).tasks.map(({ id }) => id)).toEqual([ids[4], ids[3], open.task.id]);
    const { redis, keys } = redisOf(namespace);
    const left = await redis.keys(`${keys.prefix}*`);
    for (const id of ids.slice(0, 3))
      expect(left.filter((key) => key.includes(id) && !key.includes(':tasks:'))).toEqual([]);
    expect((await redis.hkeys(keys.idempotency)).sort()).toEqual(['reporting:k3', 'reporting:k4']);
    expect(await tasks.failures(ids[4]!)).toMatchObject({ total: 1 });
    expect(await tasks.log(ids[4]!)).toMatchObject([{ text: 'Done' }]);
    // Its key is free again.
    const again = await tasks.launch(noisy, { ids: ['0'] }, { actor: ann, idempotencyKey: 'k0' });
    expect(again.task.id).not.toBe(ids[0]);
  });

  it('retention deletes a child only after its parent, so that a repeated run of the parent finds it', async () => {
    const namespace = newNamespace();
    const child = reportingTask({ name: 'child' });
    const { task: gated, gate } = gatedTask();
    const children: string[] = [];
    const goOn = gate('parent');
    const parent = reportingTask({
      name: 'parent',
      retry: { attempts: 2, backoffMs: 1 },
      async run(ctx) {
        children.push((await ctx.launch(child, { ids: ['2'] })).id);
        if (ctx.attempt === 1) {
          await ctx.launch(gated, { ids: ['3'], gate: 'parent' });
          await hasBeenForgotten;
          throw new Error('Flaky');
        }
      },
    });
    let forget = () => {};
    const hasBeenForgotten = new Promise<void>((resolve) => {
      forget = resolve;
    });
    const rig = await rigOf({
      namespace,
      tasks: [parent, child, gated, labelled],
      retention: { maxTasks: 1 },
    });
    const { tasks } = rig.rowlock;
    await rig.rowlock.startWorker({ concurrency: 3 });
    const launched = await tasks.launch(parent, { ids: ['1'] }, { actor: ann });
    await goOn.started;
    await reaches(rig, children[0]!, 'completed');
    const others: string[] = [];
    for (const ids of [['10'], ['11'], ['12']]) {
      const { task } = await tasks.launch(labelled, { ids }, { actor: ann });
      others.push(task.id);
      await reaches(rig, task.id, 'completed');
    }
    const isForgotten = async (id: string) => (await tasks.get(id)) === undefined;
    await until(() => isForgotten(others[1]!), { timeoutMs: 5_000 });
    forget();
    goOn.finish();
    await reaches(rig, launched.task.id, 'completed');
    expect(children[1]).toBe(children[0]);
    const { task: last } = await tasks.launch(labelled, { ids: ['13'] }, { actor: ann });
    await reaches(rig, last.id, 'completed');
    await until(async () => (await tasks.list()).tasks.length === 1, { timeoutMs: 5_000 });
    const { redis, keys } = redisOf(namespace);
    const left = (await redis.keys(`${keys.prefix}*`)).filter((key) => !key.includes(':tasks:'));
    expect(left.filter((key) => [...children, launched.task.id].some((id) => key.includes(id)))).toEqual([]);
  });

  it('retention deletes tasks that ended too long ago', async () => {
    const rig = await rigOf({ tasks: [labelled], retention: { maxAgeMs: 0 } });
    const { tasks } = rig.rowlock;
    const launched = await tasks.launch(labelled, { ids: ['1'] }, { actor: ann });
    await tasks.cancel(launched.task.id, { actor: ann });
    await until(async () => (await tasks.get(launched.task.id)) === undefined, { timeoutMs: 5_000 });
    expect(await tasks.list()).toEqual({ tasks: [] });
  });

  it('retention refuses malformed limits', async () => {
    await expect(rigOf({ retention: { maxTasks: -1 } })).rejects.toThrow('retention.maxTasks is -1');
  });
});
