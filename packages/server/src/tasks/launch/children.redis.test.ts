/**
 * Tasks that a run launches: they work under its lease, count in its progress, and end before it or with it. Long, since every
 * test stands on the same family and its gates.
 */
import { type RecordKey, recordKey, type TaskView } from '@rowlock/protocol';
import { startRedis, type TestRedis, until } from '@rowlock/test-utils';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { newNamespace, type Rig, startRig } from '../../../test/fixtures/rig.ts';
import { reportingTask } from '../../../test/fixtures/taskFixture.ts';
import { ConflictError } from '../../errors.ts';
import { keysOf } from '../../redis/keys.ts';
import { defineTask, type TaskContext } from '../definition/defineTask.ts';

const ann = { id: 'ann', name: 'Ann' };

let server: TestRedis;
const rigs: Rig[] = [];
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());
afterEach(async () => {
  for (const rig of rigs.splice(0)) await rig.close();
});

/** Gates at which a run waits until the test opens them. */
function createGates() {
  const gates = new Map<string, { open(): void; opened: Promise<void>; isReached: boolean }>();
  const gate = (name: string) => {
    let open = () => {};
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    const made = gates.get(name) ?? { open, opened, isReached: false };
    gates.set(name, made);
    return made;
  };
  return {
    open: (name: string) => gate(name).open(),
    reached: (name: string) => until(() => gate(name).isReached, { what: `the run to reach ${name}` }),
    async pass(ctx: TaskContext, name: string) {
      const own = gate(name);
      own.isReached = true;
      const aborted = new Promise<never>((_, reject) =>
        ctx.signal.addEventListener('abort', () => reject(ctx.signal.reason)),
      );
      await Promise.race([own.opened, aborted]);
    },
  };
}

/** A parent over cities 0 and 1 whose run is the test's, and children over as many cities as they have units. */
async function family(
  parentRun: (
    ctx: TaskContext,
    launch: (name: string, units?: number) => Promise<TaskView>,
  ) => Promise<unknown>,
  { attempts = 1, childRun }: { attempts?: number; childRun?: (ctx: TaskContext) => Promise<unknown> } = {},
) {
  const gates = createGates();
  const child = defineTask({
    name: 'child',
    input: z.object({ name: z.string(), city: z.number(), units: z.number() }),
    records: ({ city, units }) =>
      Array.from({ length: units }, (_, i) => recordKey('cities', city + 100 * i)),
    async run(ctx, { name, units }) {
      ctx.progress.total(units);
      for (let done = 0; done < 2; done++) {
        await gates.pass(ctx, `${name} ${done}`);
        ctx.progress.advance(units / 2);
      }
      if (name.startsWith('bad')) throw new Error(`${name} has failed`);
      return childRun?.(ctx);
    },
  });
  const parent = defineTask({
    name: 'parent',
    input: z.object({}),
    retry: { attempts, backoffMs: 1 },
    records: () => [recordKey('cities', 0), recordKey('cities', 1)],
    run(ctx) {
      let launched = 0;
      return parentRun(ctx, (name, units = 2) => ctx.launch(child, { name, city: ++launched, units }));
    },
  });
  const rig = await startRig(server, { tasks: [parent, child] });
  rigs.push(rig);
  await rig.rowlock.startWorker({ concurrency: 6 });
  const { tasks, locks } = rig.rowlock;
  const { task } = await tasks.launch(parent, {}, { actor: ann });
  const get = async (id: string) => (await tasks.get(id))!;
  const reaches = async (id: string, state: string) => {
    await until(async () => (await get(id)).state === state, {
      what: `the task to be ${state}`,
      timeoutMs: 30_000,
    });
    return get(id);
  };
  const held = async (...keys: RecordKey[]) => [...(await locks.check(keys)).held.keys()];
  return { tasks, locks, id: task.id, leaseId: task.leaseId, get, reaches, held, gates };
}

const passAll = ({ gates }: { gates: ReturnType<typeof createGates> }, ...names: string[]) => {
  for (const name of names) for (const step of [0, 1]) gates.open(`${name} ${step}`);
};

describe('a child', () => {
  it('a child works under the lease of its parent, which covers its records, and ends with the last of the family', async () => {
    const children: TaskView[] = [];
    const all = await family(async (_ctx, launch) => {
      children.push(await launch('one'), await launch('two'));
      return { launched: 2 };
    });
    const { id, leaseId, get, reaches, held, gates } = all;
    await gates.reached('two 0');
    expect(children).toMatchObject([
      { parentId: id, leaseId, recordCount: 2 },
      { parentId: id, leaseId, recordCount: 2 },
    ]);
    // City 1 is the parent's, city 2 was added; its run is over, and it has not ended.
    await until(async () => (await get(id)).result !== undefined);
    expect(await get(id)).toMatchObject({ state: 'running', recordCount: 2 });
    passAll(all, 'one');
    await reaches(children[0]!.id, 'completed');
    expect(await get(id)).toMatchObject({ state: 'running' });
    expect(await held('cities/0', 'cities/1', 'cities/2')).toHaveLength(3);
    passAll(all, 'two');
    expect(await reaches(id, 'completed')).toMatchObject({ result: { launched: 2 } });
    expect(await held('cities/0', 'cities/1', 'cities/2')).toEqual([]);
  });

  it('a child counts in the progress of its parent by its units, which never goes back', async () => {
    const all = await family(async (ctx, launch) => {
      ctx.progress.total(20);
      await launch('small', 20);
      ctx.progress.advance(20);
      await all.gates.pass(ctx, 'parent');
      await launch('large', 60);
    });
    const { id, get, reaches, gates } = all;
    const fraction = async () => (await get(id)).progress.fraction ?? 0;
    const seen: number[] = [];
    const fractionIs = (value: number) =>
      until(
        async () => {
          seen.push(await fraction());
          return Math.abs(seen.at(-1)! - value) < 1e-9;
        },
        { what: `a fraction of ${value}` },
      );
    await fractionIs(20 / 40);
    gates.open('small 0');
    await fractionIs(30 / 40);
    // Another child raises the total, but the fraction never goes back.
    gates.open('parent');
    await gates.reached('large 0');
    gates.open('small 1');
    gates.open('large 0');
    await until(async () => (await get(id)).progress.done === 20);
    gates.open('large 1');
    expect((await reaches(id, 'completed')).progress.fraction).toBe(1);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });

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
    const rig = await startRig(server, { tasks: [parent, child, grandchild] });
    rigs.push(rig);
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

  it('a repeated run finds its child, which continues meanwhile', async () => {
    const launched: string[] = [];
    const all = await family(
      async (ctx, launch) => {
        launched.push((await launch('one')).id, (await launch('two')).id);
        if (ctx.attempt === 1) throw new Error('Flaky');
      },
      {
        attempts: 2,
        // The secret of the lease is another one since the parent's second attempt.
        async childRun(ctx) {
          await ctx.extend(['cities/9']);
          ctx.recordDone('cities/9');
        },
      },
    );
    const { id, reaches, tasks } = all;
    await until(() => launched.length === 4);
    passAll(all, 'one', 'two');
    expect(await reaches(id, 'completed')).toMatchObject({ attempt: 2 });
    expect(launched.slice(2)).toEqual(launched.slice(0, 2));
    expect(
      (await tasks.list()).tasks.map(({ name, state, attempt }) => `${name} ${state} ${attempt}`),
    ).toEqual(expect.arrayContaining(['child completed 1', 'child completed 1', 'parent completed 2']));
    expect((await tasks.list()).tasks).toHaveLength(3);
  });

  it('a child whose records are blocked is not launched, and its parent continues', async () => {
    const errors: unknown[] = [];
    const { id, locks, reaches, tasks, gates } = await family(async (ctx, launch) => {
      await gates.pass(ctx, 'parent');
      await launch('one').catch((error) => errors.push(error));
      await launch('two').catch((error) => errors.push(error));
    });
    await gates.reached('parent');
    const holder = { type: 'person', id: 'tab', label: 'Edit', actor: ann } as const;
    const lease = await locks.acquire({ holder, records: ['cities/2'] });
    gates.open('parent');
    await gates.reached('one 0');
    passAll({ gates }, 'one');
    await reaches(id, 'completed');
    expect(errors).toEqual([expect.any(ConflictError)]);
    expect((await tasks.list()).tasks).toHaveLength(2);
    await lease.release();
  });

  it('a child that could not be queued is forgotten, and its parent completes', async () => {
    const namespace = newNamespace();
    const child = reportingTask({ name: 'child' });
    const errors: unknown[] = [];
    const parent = reportingTask({
      name: 'parent',
      async run(ctx) {
        const wait = `${keys.bullPrefix}:tasks:wait`;
        await redis.set(wait, 'no list');
        await ctx.launch(child, { ids: ['2'] }).catch((error) => errors.push(error));
        await redis.del(wait);
        await ctx.launch(child, { ids: ['3'] });
      },
    });
    const rig = await startRig(server, { namespace, tasks: [parent, child] });
    rigs.push(rig);
    const keys = keysOf(namespace);
    const redis = new Redis(server.url);
    await rig.rowlock.startWorker();
    const { task } = await rig.rowlock.tasks.launch(parent, { ids: ['1'] }, { actor: ann });
    const ended = await until(async () => {
      const now = await rig.rowlock.tasks.get(task.id);
      return now?.endedAt && now;
    });
    redis.disconnect();
    expect(errors).toHaveLength(1);
    expect(ended).toMatchObject({ state: 'completed', progress: { fraction: 1 } });
  });

  it("a child still counts in the progress of its parent when the parent's run is repeated", async () => {
    const all = await family(
      async (ctx, launch) => {
        await launch('one');
        await all.gates.pass(ctx, `attempt ${ctx.attempt}`);
        if (ctx.attempt === 1) throw new Error('Flaky');
      },
      { attempts: 2 },
    );
    const { id, get, reaches, gates } = all;
    const fraction = async () => (await get(id)).progress.fraction ?? 0;
    passAll(all, 'one');
    const before = await until(fraction, { what: 'the child to count' });
    gates.open('attempt 1');
    await gates.reached('attempt 2');
    expect(await fraction()).toBe(before);
    gates.open('attempt 2');
    await reaches(id, 'completed');
  });

  it('a child adds more records than one script can, or no records', async () => {
    const errors: unknown[] = [];
    const all = await family(async (ctx, launch) => {
      await all.gates.pass(ctx, 'parent');
      await launch('refused', 10_002).catch((error) => errors.push(error));
      await launch('wide', 10_002);
    });
    const { locks, held, reaches, id, gates } = all;
    await gates.reached('parent');
    const holder = { type: 'person', id: 'tab', label: 'Edit', actor: ann } as const;
    const lease = await locks.acquire({ holder, records: ['cities/1000101'] });
    gates.open('parent');
    await gates.reached('wide 0');
    expect(errors).toEqual([expect.any(ConflictError)]);
    expect(await held('cities/101', 'cities/102', 'cities/1000102')).toEqual([
      'cities/102',
      'cities/1000102',
    ]);
    passAll(all, 'wide');
    await reaches(id, 'completed');
    await lease.release();
  });
});
