/** The rounds that every process makes by itself, and their work after a restart of Redis. */
import { startRedis, until } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import { useSites } from '../../../../test/fixtures/reconcilerSite.ts';
import { ann } from '../../../../test/fixtures/taskFixture.ts';
import { readEntry } from '../../../changeLog/entry.ts';
import { createReconcilerStore } from './reconcilerStore.ts';

const { openSite, redis } = useSites();

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
    const log = (await redis().xrange(first.keys.log, '-', '+')).map(readEntry);
    expect(log.filter((entry) => entry?.kind === 'task' && entry.state === 'failed')).toHaveLength(1);
    expect(log.filter((entry) => entry?.kind === 'released')).toHaveLength(1);
  }, 40_000);

  it('P10: rounds do not mark a missing worker on a task that ended while it was read', async (test) => {
    const site = await openSite(test);
    const taskId = await site.launch('1');
    await site.rowlock.tasks.cancel(taskId, { actor: ann });
    const ended = (await site.get(taskId))!;
    expect(ended).toMatchObject({ state: 'cancelled', hasWorker: true });
    await redis().sadd(site.keys.openTasks, taskId);
    const store = createReconcilerStore(redis(), site.keys);
    const seen = (await store.readOpen()).tasks.find(({ id }) => id === taskId)!;
    expect(await store.noteWorker(seen, undefined, { hasWorker: false, isPaused: false })).toBe(false);
    expect(await site.get(taskId)).toEqual(ended);
  });

  it('P8: rounds end a lease whose launcher crashed before it had stored its task', async (test) => {
    const site = await openSite(test);
    const holder = { type: 'task', id: 'never-written', label: 'Never written', actor: ann } as const;
    const { registry } = site.rowlock.locks;
    const acquired = await registry.acquire({ holder, records: ['cities/1'], expiry: 'supervised' });
    const { outcomes } = await site.rowlock.reconcile();
    expect(outcomes).toEqual([
      {
        subject: 'lease',
        id: acquired.id,
        action: 'expired',
        reason: 'its task never-written was never stored, or is gone',
      },
    ]);
    expect(await site.held('1')).toBe(false);
  }, 40_000);

  it('P8: rounds settle a task whose lease was ended by somebody else', async (test) => {
    const site = await openSite(test);
    const taskId = await site.launch('1');
    const heartbeats = await redis().hgetall(site.keys.heartbeats);
    for (const [id, heartbeat] of Object.entries(heartbeats)) {
      await site.rowlock.locks.registry.expire(id, heartbeat, 'vanished');
    }
    await until(async () => (await site.get(taskId))?.state === 'failed', { timeoutMs: 15_000 });
    expect(await site.get(taskId)).toMatchObject({ error: expect.stringContaining('locks were lost') });
  }, 30_000);
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
    const openCount = () => redis().scard(site.keys.openTasks);
    await until(async () => (await openCount()) < 1_000, { what: 'the first end', timeoutMs: 30_000 });
    // Fifteen rounds at most; one task a round would take over half an hour.
    await until(async () => (await openCount()) === 0, { what: 'the last end', timeoutMs: 30_000 });
    expect(await redis().hlen(site.keys.heartbeats)).toBe(0);
    expect(await site.get(ids[999]!)).toMatchObject({ state: 'failed' });
  }, 90_000);
});
