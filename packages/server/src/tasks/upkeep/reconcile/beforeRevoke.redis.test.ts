/** The application's `beforeRevoke`, which the reconciler awaits before it ends a lease. */
import { until } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import { type Site, useSites } from '../../../../test/fixtures/reconcilerSite.ts';

const { openSite, redis } = useSites();

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
    expect(await redis().hexists(site.keys.heartbeats, stuckLease)).toBe(1);
  }, 90_000);
});
