import { recordKey } from '@rowlock/protocol';
import { startRedis, type TestRedis, until } from '@rowlock/test-utils';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { z } from 'zod';
import {
  gatedTask,
  newNamespace,
  type Rig,
  type RigOptions,
  startRig,
} from '../../../../test/fixtures/rig.ts';
import { readEntry } from '../../../changeLog/entry.ts';
import { LeaseLostError } from '../../../errors.ts';
import { type Keys, keysOf } from '../../../redis/keys.ts';
import type { Rowlock } from '../../../rowlock.ts';
import { defineTask } from '../../definition/defineTask.ts';
import { type AttemptSecret, createAttemptStore } from '../../store/attemptStore.ts';
import { createLaunchStore } from '../../store/launchStore.ts';
import { QUEUE_NAME } from '../../store/queue.ts';
import { createReconcilerStore } from './reconcilerStore.ts';

const ann = { id: 'ann', name: 'Ann' };

let server: TestRedis;
let redis: Redis;
beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

interface Site extends Rig {
  namespace: string;
  keys: Keys;
  queue: Queue;
  gated: ReturnType<typeof gatedTask>;
  launch(id: string): Promise<string>;
  get(taskId: string): ReturnType<Rowlock['tasks']['get']>;
  held(id: string): Promise<boolean>;
}

/** Closed when the test is over: those that run side by side wait for the same ten seconds. */
async function openSite(
  { onTestFinished }: TestContext,
  options: RigOptions = {},
  on: TestRedis = server,
): Promise<Site> {
  const { namespace = newNamespace() } = options;
  const gated = gatedTask();
  const rig = await startRig(on, { tasks: [gated.task], ...options, namespace });
  onTestFinished(() => rig.close());
  const keys = keysOf(namespace);
  const queue = new Queue(QUEUE_NAME, { connection: { url: on.url }, prefix: keys.bullPrefix });
  queue.on('error', () => {});
  onTestFinished(() => queue.close());
  const { tasks, locks } = rig.rowlock;
  return {
    ...rig,
    namespace,
    keys,
    queue,
    gated,
    launch: async (id) => (await tasks.launch(gated.task, { ids: [id], gate: id }, { actor: ann })).task.id,
    get: (taskId) => tasks.get(taskId),
    held: async (id) => (await locks.check([`cities/${id}`])).held.size > 0,
  };
}

describe.concurrent('reconciling by hand', () => {
  it('P8: rowlock.reconcile settles tasks whose jobs were removed, and reports what it did and why', async (test) => {
    const site = await openSite(test);
    const [gone, queued] = [await site.launch('1'), await site.launch('2')];
    await (await site.queue.getJob(gone))!.remove();
    const waited: string[] = [];
    const { outcomes, unconfirmed } = await site.rowlock.reconcile({
      onWait: (waits) => waited.push(...waits.map(({ id, reason }) => `${id}: ${reason}`)),
    });
    expect(unconfirmed).toEqual([]);
    expect(outcomes.filter(({ action }) => action === 'settled')).toEqual([
      {
        subject: 'task',
        id: gone,
        action: 'settled',
        state: 'failed',
        reason: 'its job has vanished from the queue',
      },
    ]);
    expect(await site.held('1')).toBe(false);
    expect(await site.held('2')).toBe(true);
    expect(waited).toContainEqual(
      expect.stringMatching(new RegExp(`^${gone}: .* without a heartbeat for \\d+ s of 10 s`)),
    );
    expect(waited.join()).not.toContain(queued);
  }, 40_000);

  it('rowlock.reconcile does nothing and waits for no second look if every job exists', async (test) => {
    const site = await openSite(test);
    await site.launch('1');
    await site.rowlock.startWorker();
    const waited: string[] = [];
    const { unconfirmed } = await site.rowlock.reconcile({
      onWait: (waits) => waited.push(...waits.map(({ id }) => id)),
    });
    expect(unconfirmed).toEqual([]);
    // Of no task or lease; the look that reads the heartbeats for the first time goes by "*".
    expect(waited.filter((id) => id !== '*')).toEqual([]);
  });

  it('rowlock.reconcile removes ids without stored tasks from the list', async (test) => {
    const site = await openSite(test);
    await redis.sadd(site.keys.openTasks, 'lost');
    const { outcomes } = await site.rowlock.reconcile();
    const lost = {
      subject: 'task',
      id: 'lost',
      action: 'forgotten',
      reason: 'it is no longer stored',
    };
    expect([...outcomes, lost]).toContainEqual(lost);
    expect(await redis.smembers(site.keys.openTasks)).toEqual([]);
  });
});

describe.concurrent('the automatic rounds', () => {
  it('P8: rounds settle tasks that were drained from the queue, and leave running ones alone', async (test) => {
    const site = await openSite(test);
    await site.rowlock.startWorker();
    const gate = site.gated.gate('1');
    const running = await site.launch('1');
    await gate.started;
    const drained = await site.launch('2');
    await site.queue.drain();
    await until(async () => (await site.get(drained))?.state === 'failed', { timeoutMs: 30_000 });
    expect(await site.get(running)).toMatchObject({ state: 'running', hasWorker: true });
    gate.finish();
    await until(async () => (await site.get(running))?.state === 'completed');
  }, 50_000);

  it('P6: rounds leave alone a running task whose job is gone, since it ends itself', async (test) => {
    const site = await openSite(test);
    await site.rowlock.startWorker();
    const gate = site.gated.gate('1');
    const running = await site.launch('1');
    await gate.started;
    await site.queue.obliterate({ force: true });
    gate.finish();
    await until(async () => (await site.get(running))?.state === 'completed');
  });

  it('P8: rounds of two processes settle each task once', async (test) => {
    const first = await openSite(test);
    const second = await openSite(test, { namespace: first.namespace });
    const taskId = await first.launch('1');
    await first.queue.obliterate({ force: true });
    await Promise.all([first.rowlock.reconcile(), second.rowlock.reconcile()]);
    expect(await first.get(taskId)).toMatchObject({ state: 'failed' });
    const log = (await redis.xrange(first.keys.log, '-', '+')).map(readEntry);
    expect(log.filter((entry) => entry?.kind === 'task' && entry.state === 'failed')).toHaveLength(1);
    expect(log.filter((entry) => entry?.kind === 'released')).toHaveLength(1);
  }, 40_000);

  it('P10: rounds do not mark a missing worker on a task that ended while it was read', async (test) => {
    const site = await openSite(test);
    const taskId = await site.launch('1');
    await site.rowlock.tasks.cancel(taskId, { actor: ann });
    const ended = (await site.get(taskId))!;
    expect(ended).toMatchObject({ state: 'cancelled', hasWorker: true });
    await redis.sadd(site.keys.openTasks, taskId);
    const store = createReconcilerStore(redis, site.keys);
    const seen = (await store.readOpen()).tasks.find(({ id }) => id === taskId)!;
    expect(await store.noteWorker(seen, undefined, { hasWorker: false, isPaused: false })).toBe(false);
    expect(await site.get(taskId)).toEqual(ended);
  });

  it('P8: rounds end a lease whose launcher crashed before it had stored its task', async (test) => {
    const site = await openSite(test);
    const holder = { type: 'task', id: 'never-written', label: 'Never written', actor: ann } as const;
    const { registry } = site.rowlock.locks;
    const grant = await registry.acquire({ holder, records: ['cities/1'], expiry: 'supervised' });
    const { outcomes } = await site.rowlock.reconcile();
    expect(outcomes).toEqual([
      {
        subject: 'lease',
        id: grant.id,
        action: 'expired',
        reason: 'its task never-written was never stored, or is gone',
      },
    ]);
    expect(await site.held('1')).toBe(false);
  }, 40_000);

  it('P8: rounds settle a task whose lease was ended by somebody else', async (test) => {
    const site = await openSite(test);
    const taskId = await site.launch('1');
    const heartbeats = await redis.hgetall(site.keys.heartbeats);
    for (const [id, beat] of Object.entries(heartbeats)) {
      await site.rowlock.locks.registry.expire(id, beat, 'vanished');
    }
    await until(async () => (await site.get(taskId))?.state === 'failed', { timeoutMs: 15_000 });
    expect(await site.get(taskId)).toMatchObject({ error: expect.stringContaining('locks were lost') });
  }, 30_000);
});

describe.concurrent('a cancelled task that no worker stops', () => {
  /** A worker by hand: takes the job, begins an attempt, and says nothing more. */
  async function beginAndFreeze(test: TestContext, site: Site, taskId: string): Promise<AttemptSecret> {
    const worker = new Worker(QUEUE_NAME, undefined, {
      connection: { url: server.url },
      prefix: site.keys.bullPrefix,
    });
    worker.on('error', () => {});
    test.onTestFinished(() => worker.close());
    await worker.getNextJob('token');
    const begun = await createAttemptStore(redis, site.keys).start(taskId, 1, 'a-secret-of-its-own');
    if (begun.kind !== 'started') throw new Error(`The attempt is ${begun.kind}.`);
    return begun.started.secret;
  }
  const progress = { done: 1, total: 2 };

  it('P4, P10: a task ends, and all later calls of its frozen attempt are refused', async (test) => {
    const site = await openSite(test);
    const taskId = await site.launch('1');
    const secret = await beginAndFreeze(test, site, taskId);
    await site.rowlock.tasks.cancel(taskId, { actor: ann });
    await until(async () => (await site.get(taskId))?.state === 'cancelled', { timeoutMs: 30_000 });
    expect(await site.held('1')).toBe(false);

    const ended = await site.get(taskId);
    const attempts = createAttemptStore(redis, site.keys);
    expect(await attempts.heartbeat(secret, { progress })).toBe('lost');
    expect(await attempts.end(secret, { state: 'completed', progress })).toBe(false);
    expect(await attempts.retry(secret, 'Too late', progress)).toBe('lost');
    const child = {
      id: 'late-child',
      idem: undefined,
      delayMs: 0,
      waitMs: undefined,
      fields: { name: 'gated' },
    };
    const launches = createLaunchStore(redis, site.keys, redis);
    expect(await launches.createChild(child, { parentId: taskId, ...secret }, 1)).toEqual({ kind: 'lost' });
    await expect(site.rowlock.locks.registry.renew(secret)).rejects.toBeInstanceOf(LeaseLostError);
    expect(await site.get(taskId)).toEqual(ended);
    expect(await site.get('late-child')).toBeUndefined();
  }, 40_000);

  it('P8: a task ends if its worker crashed between the end of an attempt and its answer to the queue', async (test) => {
    const site = await openSite(test);
    const taskId = await site.launch('1');
    const secret = await beginAndFreeze(test, site, taskId);
    await createAttemptStore(redis, site.keys).retry(secret, 'Flaky', progress);
    await site.rowlock.tasks.cancel(taskId, { actor: ann });
    await until(async () => (await site.get(taskId))?.state === 'cancelled', { timeoutMs: 30_000 });
    expect(await site.held('1')).toBe(false);
  }, 40_000);

  it('a task keeps its rows while beforeRevoke refuses', async (test) => {
    let isRefused = true;
    let asked = 0;
    const site = await openSite(test, {
      beforeRevoke() {
        asked++;
        if (isRefused) throw new Error('the database is away');
      },
    });
    const taskId = await site.launch('1');
    await beginAndFreeze(test, site, taskId);
    await site.rowlock.tasks.cancel(taskId, { actor: ann });
    await until(() => asked > 1, { timeoutMs: 30_000 });
    expect(await site.get(taskId)).toMatchObject({ state: 'running', cancelRequested: true });
    expect(await site.held('1')).toBe(true);
    isRefused = false;
    await until(async () => (await site.get(taskId))?.state === 'cancelled', { timeoutMs: 30_000 });
  }, 60_000);
});

describe.concurrent('beforeRevoke', () => {
  it('beforeRevoke is awaited before a lease ends, and the lease continues if it throws', async (test) => {
    const asked: string[] = [];
    let isInForce: boolean | undefined;
    let refusal: Error | undefined = new Error('the database is away');
    const site: Site = await openSite(test, {
      async beforeRevoke(lease, { reason }) {
        asked.push(`${lease.id} ${reason}`);
        isInForce = await site.rowlock.locks.registry.isInForce(lease.id);
        if (refusal) throw refusal;
      },
    });
    const taskId = await site.launch('1');
    const leaseId = (await site.get(taskId))!.leaseId;
    await site.queue.obliterate({ force: true });
    await until(() => asked.length > 0, { timeoutMs: 30_000 });
    expect(await site.rowlock.reconcile({ timeoutMs: 0 })).toMatchObject({
      unconfirmed: [{ subject: 'lease', id: leaseId, reason: 'beforeRevoke failed: the database is away' }],
    });
    expect(await site.held('1')).toBe(true);
    refusal = undefined;
    await until(async () => (await site.get(taskId))?.state === 'failed', { timeoutMs: 15_000 });
    expect(new Set(asked)).toEqual(new Set([`${leaseId} vanished`]));
    expect(isInForce).toBe(true);
  }, 60_000);

  it('P8: a beforeRevoke that never answers delays only its own task, and neither rounds nor close', async (test) => {
    let stuckLease: string | undefined;
    const site = await openSite(test, {
      beforeRevoke: ({ id }) => (id === stuckLease ? new Promise(() => {}) : undefined),
    });
    const [stuck, other] = [await site.launch('1'), await site.launch('2')];
    stuckLease = (await site.get(stuck))!.leaseId;
    await site.queue.obliterate({ force: true });
    await until(async () => (await site.get(other))?.state === 'failed', { timeoutMs: 30_000 });
    const later = await site.launch('3');
    await (await site.queue.getJob(later))!.remove();
    await until(async () => (await site.get(later))?.state === 'failed', { timeoutMs: 30_000 });
    expect(await site.rowlock.reconcile({ timeoutMs: 0 })).toMatchObject({
      unconfirmed: expect.arrayContaining([
        { subject: 'lease', id: stuckLease, reason: expect.stringContaining('beforeRevoke') },
      ]),
    });
    expect(await site.get(stuck)).toMatchObject({ state: 'queued' });
    await site.rowlock.close();
    expect(await redis.hexists(site.keys.heartbeats, stuckLease)).toBe(1);
  }, 90_000);
});

describe.concurrent('a parent and its children', () => {
  async function openFamily(test: TestContext, childCount: number) {
    const { task: child, gate } = gatedTask('child');
    const parent = defineTask({
      name: 'parent',
      input: z.object({ count: z.number() }),
      records: ({ count }) => Array.from({ length: count }, (_, i) => recordKey('cities', i)),
      async run(ctx, { count }) {
        for (let i = 0; i < count; i++) await ctx.launch(child, { ids: [String(i)], gate: String(i) });
      },
    });
    const revoked: string[] = [];
    const site = await openSite(test, {
      tasks: [parent, child],
      beforeRevoke: (lease) => void revoked.push(lease.id),
    });
    const launched = (await site.rowlock.tasks.launch(parent, { count: childCount }, { actor: ann })).task;
    const children = async () =>
      (await site.rowlock.tasks.list()).tasks
        .filter(({ parentId }) => parentId === launched.id)
        .sort((a, b) => a.createdAt - b.createdAt);
    return { ...site, parent: launched, gate, children, revoked };
  }

  it('P8: parent and last child end together if the child has lost its job, after beforeRevoke', async (test) => {
    const { rowlock, parent, children, queue, get, held, gate, revoked } = await openFamily(test, 1);
    const { started } = gate('0');
    const worker = await rowlock.startWorker();
    // One after the other: the run of the parent is over by then.
    await started;
    const child = (await children())[0]!;
    await worker.close(0);
    expect(await get(child.id)).toMatchObject({ state: 'retrying' });
    await (await queue.getJob(child.id))?.remove();
    await until(async () => (await get(parent.id))?.state === 'failed', { timeoutMs: 40_000 });
    expect(await get(child.id)).toMatchObject({
      state: 'failed',
      error: expect.stringContaining('vanished'),
    });
    expect(await get(parent.id)).toMatchObject({ error: '1 of 1 child tasks failed.' });
    expect(await held('0')).toBe(false);
    expect(revoked).toContain(parent.leaseId);
  }, 60_000);

  it('P6: a child that has lost its job is settled while another one renews their lease, which continues', async (test) => {
    const { rowlock, parent, children, queue, get, held, gate, revoked } = await openFamily(test, 2);
    const gates = [gate('0'), gate('1')];
    await rowlock.startWorker();
    await gates[0]!.started;
    const [running, queued] = await children();
    await (await queue.getJob(queued!.id))!.remove();
    await until(async () => (await get(queued!.id))?.state === 'failed', { timeoutMs: 40_000 });
    expect(await get(running!.id)).toMatchObject({ state: 'running', hasWorker: true });
    expect(await get(parent.id)).toMatchObject({ state: 'running' });
    expect(await held('0')).toBe(true);
    expect(revoked).toEqual([]);
    gates[0]!.finish();
    await until(async () => (await get(parent.id))?.state === 'failed');
    expect(await get(running!.id)).toMatchObject({ state: 'completed' });
    expect(await get(parent.id)).toMatchObject({ error: '1 of 2 child tasks failed.' });
  }, 60_000);
});

describe.concurrent('a task that waits for its records', () => {
  it('P6: a waiting task is left alone, however long it waits, and is queued when it has its records', async (test) => {
    const site = await openSite(test);
    const holder = { type: 'person', id: 'tab', label: 'Form', actor: ann } as const;
    const lease = await site.rowlock.locks.acquire({ holder, records: ['cities/1'] });
    const { task } = await site.rowlock.tasks.launch(
      site.gated.task,
      { ids: ['1'], gate: '1' },
      { actor: ann, onConflict: 'wait' },
    );
    const { outcomes, unconfirmed } = await site.rowlock.reconcile();
    expect({ outcomes, unconfirmed }).toEqual({ outcomes: [], unconfirmed: [] });
    expect(await site.get(task.id)).toMatchObject({ state: 'waiting', hasWorker: true });
    await lease.release();
    await until(async () => (await site.get(task.id))?.state === 'queued');
  }, 30_000);
});

describe.concurrent('a restart of Redis', () => {
  it('P8: a restart without data leaves nothing, and nothing is settled twice', async (test) => {
    const own = await startRedis();
    test.onTestFinished(() => own.stop());
    const site = await openSite(test, { recovery: { graceMs: 1_000 } }, own);
    await site.launch('1');
    await own.kill();
    await own.restart();
    await until(() => site.rowlock.reconcile(), { timeoutMs: 20_000 });
    expect(await site.rowlock.tasks.list()).toEqual({ tasks: [] });
    expect(await site.held('1')).toBe(false);
    const again = await until(() => site.launch('1').catch(() => undefined), { timeoutMs: 10_000 });
    expect(await site.get(again)).toMatchObject({ state: 'queued' });
  }, 60_000);

  it('P6: a restart with data settles no task whose job exists', async (test) => {
    const own = await startRedis({ appendonly: 'always' });
    test.onTestFinished(() => own.stop());
    const site = await openSite(test, {}, own);
    const taskId = await site.launch('1');
    await own.kill();
    await own.restart();
    const { outcomes } = await until(() => site.rowlock.reconcile(), { timeoutMs: 20_000 });
    expect(outcomes.filter(({ action }) => action === 'settled' || action === 'expired')).toEqual([]);
    expect(await site.get(taskId)).toMatchObject({ state: 'queued' });
    expect(await site.held('1')).toBe(true);
  }, 60_000);
});

describe('a burst', () => {
  it('P8: a burst of a thousand tasks whose queue was obliterated is settled in a few rounds', async (test) => {
    const site = await openSite(test);
    const ids: string[] = [];
    for (let i = 0; i < 1_000; i += 50) {
      const some = Array.from({ length: 50 }, (_, k) => site.launch(String(i + k)));
      ids.push(...(await Promise.all(some)));
    }
    await site.queue.obliterate({ force: true });
    const openCount = () => redis.scard(site.keys.openTasks);
    await until(async () => (await openCount()) < 1_000, { what: 'the first end', timeoutMs: 30_000 });
    // Fifteen rounds at most; one task a round would take over half an hour.
    await until(async () => (await openCount()) === 0, { what: 'the last end', timeoutMs: 30_000 });
    expect(await redis.hlen(site.keys.heartbeats)).toBe(0);
    expect(await site.get(ids[999]!)).toMatchObject({ state: 'failed' });
  }, 90_000);
});
