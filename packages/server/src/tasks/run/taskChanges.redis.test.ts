/** P16 for tasks: the records that a task has changed are noted before anybody else can write them. */
import type { RecordKey } from '@rowlock/protocol';
import { until } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import { newNamespace, type RigOptions } from '../../../test/fixtures/rig.ts';
import { ann, reportingTask, useTasks } from '../../../test/fixtures/taskFixture.ts';
import { type RawEntry, readEntry } from '../../changeLog/entry.ts';
import { unpackChunk } from '../../locks/registry/coverage.ts';
import { createAttemptStore } from '../store/attemptStore.ts';
import { createReconcilerStore } from '../upkeep/reconcile/reconcilerStore.ts';

const { rigOf, redisOf, reaches } = useTasks();
type Task = ReturnType<typeof reportingTask>;
type Run = Task['run'];

const ids = (count: number, from = 1) => Array.from({ length: count }, (_, i) => String(from + i));

/** A task of its own namespace, and the changes that its log names. */
async function site(tasks: Task[], options: RigOptions = {}) {
  const namespace = newNamespace();
  const rig = await rigOf({ namespace, tasks, ...options });
  const { redis, keys } = redisOf(namespace);
  const launch = async (of: string[], task = tasks[0]!) =>
    (await rig.rowlock.tasks.launch(task, { ids: of }, { actor: ann })).task;
  return {
    rig,
    redis,
    keys,
    launch,
    attempts: createAttemptStore(redis, keys),
    reconciler: createReconcilerStore(redis, keys),
    /** Runs the task to its end in a worker. */
    async run(of: string[], state = 'completed', task = tasks[0]!) {
      const { id } = await launch(of, task);
      await rig.rowlock.startWorker();
      await reaches(rig, id, state);
      return id;
    },
    /** Each change: its author, and its records in order */
    async changes() {
      const entries = ((await redis.xrange(keys.log, '-', '+')) as RawEntry[]).map(readEntry);
      const records = new Map<number, { by: string; records: RecordKey[] }>();
      for (const entry of entries) {
        if (entry?.kind !== 'changed') continue;
        const change = records.get(entry.version) ?? { by: entry.by, records: [] };
        records.set(entry.version, change);
        change.records.push(...unpackChunk(entry.chunk));
      }
      return [...records.values()];
    },
  };
}
type Site = Awaited<ReturnType<typeof site>>;

/** An attempt that the test makes instead of a worker. */
async function attempt({ launch, attempts }: Site, of: string[]) {
  const { id } = await launch(of);
  const begun = await attempts.start(id, 1, 'a-secret-of-its-own');
  if (begun.kind !== 'started') throw new Error(`It is ${begun.kind}.`);
  return { id, secret: begun.started.secret };
}

const progress = { done: 1, total: 2 };
const allOf = (of: string[]) => of.map((id) => `cities/${id}` as const);

describe('a task that reports no rows', () => {
  it('P16: a task that completes has changed all of its records, before they are free', async () => {
    const { run, changes, rig, redis, keys } = await site([reportingTask()]);
    const before = await rig.rowlock.versions.current();
    const id = await run(ids(3));
    expect(await changes()).toEqual([{ by: id, records: allOf(ids(3)) }]);
    expect(await rig.rowlock.versions.current()).toBeGreaterThan(before);
    const kinds = ((await redis.xrange(keys.log, '-', '+')) as RawEntry[]).map((raw) => readEntry(raw)?.kind);
    expect(kinds.indexOf('changed')).toBeLessThan(kinds.indexOf('released'));
  });

  it('P16: a task that fails may have changed all of its records', async () => {
    const failing: Run = () => Promise.reject(new Error('It is odd'));
    const { run, changes } = await site([reportingTask({ run: failing })]);
    const id = await run(ids(2), 'failed');
    expect(await changes()).toEqual([{ by: id, records: allOf(ids(2)) }]);
  });

  it('a task that never started, or that only shares its records, has changed none', async () => {
    const { run, changes, rig, launch } = await site([reportingTask({ mode: 'shared' })]);
    const { id } = await launch(ids(1));
    await rig.rowlock.tasks.cancel(id, { actor: ann });
    await run(ids(2));
    expect(await changes()).toEqual([]);
  });

  it('P16: a large task is noted in parts, and completely', async () => {
    const { run, changes, rig } = await site([reportingTask()]);
    const loaded = await rig.rowlock.versions.current();
    await run(ids(25_000));
    const noted = await changes();
    expect(noted.length).toBeGreaterThan(1);
    expect(new Set(noted.flatMap(({ records }) => records)).size).toBe(25_000);
    expect(await rig.rowlock.versions.current()).toBeGreaterThan(loaded);
  });

  it('P16: a released record is not noted again: somebody else may have changed it since', async () => {
    const here = await site([reportingTask()]);
    const { secret } = await attempt(here, ids(3));
    await here.rig.rowlock.locks.registry.releaseRecords(secret, ['cities/2']);
    await here.attempts.end(secret, { state: 'completed', progress });
    expect((await here.changes()).map(({ records }) => records)).toEqual([['cities/1', 'cities/3']]);
  });

  it('P16: a child has changed its own records', async () => {
    const child = reportingTask({ name: 'child' });
    const parent = reportingTask({
      name: 'parent',
      async run(ctx) {
        ctx.recordDone('cities/1');
        await ctx.launch(child, { ids: ['2', '3'] });
      },
    });
    const { run, changes } = await site([parent, child]);
    await run(ids(4), 'completed');
    const records = (await changes()).map((change) => change.records);
    expect(records).toHaveLength(2);
    expect(records).toEqual(expect.arrayContaining([['cities/1'], ['cities/2', 'cities/3']]));
  });
});

describe('a task that reports its rows', () => {
  it('P16: a finished row is noted when it is released, and no other row ever', async () => {
    let isHeld = true;
    const reporting: Run = async (ctx) => {
      ctx.recordDone('cities/1');
      ctx.recordFailed('cities/2', new Error('It is odd'));
      await until(() => !isHeld);
      ctx.recordDone('cities/3');
    };
    const { rig, launch, changes } = await site([reportingTask({ run: reporting })]);
    const { id } = await launch(ids(4));
    await rig.rowlock.startWorker();
    await until(async () => (await rig.rowlock.locks.check(['cities/1'])).held.size === 0);
    expect(await changes()).toEqual([{ by: id, records: ['cities/1'] }]);
    isHeld = false;
    await reaches(rig, id, 'completed');
    expect(await changes()).toEqual([
      { by: id, records: ['cities/1'] },
      { by: id, records: ['cities/3'] },
    ]);
  });

  it('P16: more finished rows than a call reports are all noted', async () => {
    const reporting: Run = (ctx) => ctx.records.forEach((record) => void ctx.recordDone(record));
    const { run, changes } = await site([reportingTask({ run: reporting })]);
    await run(ids(12_000));
    expect(new Set((await changes()).flatMap(({ records }) => records)).size).toBe(12_000);
  });

  it('a report that is repeated after a lost answer counts once', async () => {
    const here = await site([reportingTask()]);
    const { secret } = await attempt(here, ids(3));
    const reports = { done: ['cities/1'], number: 1 } as const;
    await here.attempts.heartbeat(secret, { reports });
    await here.rig.rowlock.changed(['cities/1'], { by: 'somebody else' });
    await here.attempts.heartbeat(secret, { reports });
    expect((await here.changes()).map(({ by }) => by)).toEqual([secret.taskId, 'somebody else']);
  });

  it('a repeated end counts once', async () => {
    const here = await site([reportingTask()]);
    const { secret } = await attempt(here, ids(2));
    const end = { state: 'completed', progress, changes: { records: ['cities/1'] } } as const;
    expect(await here.attempts.end(secret, end)).toBe(true);
    expect(await here.attempts.end(secret, end)).toBe(true);
    expect((await here.changes()).map(({ records }) => records)).toEqual([['cities/1']]);
  });
});

describe('a task that does not end by itself', () => {
  it('P16: a task whose worker crashed may have changed every row that it still holds, also if it reports rows', async () => {
    const here = await site([reportingTask()]);
    const { id, secret } = await attempt(here, ids(3));
    await here.attempts.heartbeat(secret, { reports: { done: ['cities/1'], number: 1 } });
    const heartbeat = (await here.redis.hget(here.keys.heartbeats, secret.leaseId))!;
    const expected = { state: 'running', attempt: 1, heartbeat } as const;
    expect(await here.reconciler.settle(id, { ...expected, attempt: 2 }, { state: 'failed' })).toBe(false);
    expect(await here.changes()).toHaveLength(1);
    expect(await here.reconciler.settle(id, expected, { state: 'failed' })).toBe(true);
    expect((await here.changes()).map(({ records }) => records)).toEqual([
      ['cities/1'],
      ['cities/2', 'cities/3'],
    ]);
  });

  it('P16: an attempt notes its changes also if the reconciler has noted a part before', async () => {
    const here = await site([reportingTask()]);
    const { id, secret } = await attempt(here, ids(2));
    const heartbeat = (await here.redis.hget(here.keys.heartbeats, secret.leaseId))!;
    await here.attempts.heartbeat(secret);
    await here.reconciler.settle(id, { state: 'running', attempt: 1, heartbeat }, { state: 'failed' });
    expect(await here.changes()).toEqual([]);
    await here.attempts.end(secret, { state: 'completed', progress });
    expect((await here.changes()).map(({ records }) => records)).toEqual([allOf(ids(2))]);
  });

  it('P16: a task that is cancelled between two attempts may have changed all of its records', async () => {
    const here = await site([reportingTask()]);
    const { id, secret } = await attempt(here, ids(2));
    await here.rig.rowlock.tasks.cancel(id, { actor: ann });
    expect(await here.attempts.retry(secret, 'Flaky', progress)).toBe('cancelled');
    expect((await here.changes()).map(({ records }) => records)).toEqual([allOf(ids(2))]);
  });

  it('an earlier attempt notes nothing', async () => {
    const here = await site([reportingTask()]);
    const { id, secret } = await attempt(here, ids(2));
    await here.attempts.start(id, 2, 'the-secret-of-the-next');
    expect(await here.attempts.noteChanges(secret)).toBe(false);
    expect(await here.attempts.end(secret, { state: 'completed', progress })).toBe(false);
    await here.attempts.heartbeat(secret, { reports: { done: ['cities/1'], number: 1 } });
    expect(await here.changes()).toEqual([]);
  });
});
