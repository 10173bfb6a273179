/** Cancelled tasks whose worker is frozen or has crashed. */
import { until } from '@rowlock/test-utils';
import { Worker } from 'bullmq';
import { describe, expect, it, type TestContext } from 'vitest';
import { type Site, useSites } from '../../../../test/fixtures/reconcilerSite.ts';
import { ann } from '../../../../test/fixtures/taskFixture.ts';
import { LeaseLostError } from '../../../errors.ts';
import { type AttemptSecret, createAttemptStore } from '../../store/attemptStore.ts';
import { createLaunchStore } from '../../store/launchStore.ts';
import { QUEUE_NAME } from '../../store/queue.ts';

const { openSite, server, redis } = useSites();

describe.concurrent('a cancelled task that no worker stops', () => {
  /** A worker by hand: takes the job, begins an attempt, and says nothing more. */
  async function beginAndFreeze(test: TestContext, site: Site, taskId: string): Promise<AttemptSecret> {
    const worker = new Worker(QUEUE_NAME, undefined, {
      connection: { url: server().url },
      prefix: site.keys.bullPrefix,
    });
    worker.on('error', () => {});
    test.onTestFinished(() => worker.close());
    await worker.getNextJob('token');
    const begun = await createAttemptStore(redis(), site.keys).start(taskId, 1, 'a-secret-of-its-own');
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
    const attempts = createAttemptStore(redis(), site.keys);
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
    const launches = createLaunchStore(redis(), site.keys, redis());
    expect(await launches.createChild(child, { parentId: taskId, ...secret }, 1)).toEqual({ kind: 'lost' });
    await expect(site.rowlock.locks.registry.renew(secret)).rejects.toBeInstanceOf(LeaseLostError);
    expect(await site.get(taskId)).toEqual(ended);
    expect(await site.get('late-child')).toBeUndefined();
  }, 40_000);

  it('P8: a task ends if its worker crashed between the end of an attempt and its answer to the queue', async (test) => {
    const site = await openSite(test);
    const taskId = await site.launch('1');
    const secret = await beginAndFreeze(test, site, taskId);
    await createAttemptStore(redis(), site.keys).retry(secret, 'Flaky', progress);
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
