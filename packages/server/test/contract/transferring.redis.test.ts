import { describe, expect, it } from 'vitest';
import { LeaseLostError } from '../../src/errors.ts';
import {
  ann,
  bo,
  cities,
  errorOf,
  listBlockers,
  person,
  toLeaseSecret,
  useRedis,
} from '../fixtures/lockFixture.ts';

const { open } = useRedis();
const task = { ...person('Import'), type: 'task' as const };

describe('an owner', () => {
  it('P4: only the owner can use the lease; a forged secret does nothing', async () => {
    const { registry } = await open();
    const acquired = await registry.acquire({ holder: ann, records: ['cities/1'] });
    const forged = { leaseId: acquired.id, secret: 'x'.repeat(24) };
    for (const error of await Promise.all(
      [
        registry.renew(forged),
        registry.release(forged),
        registry.resume(forged),
        registry.prove(forged, ['cities/1']),
        registry.transfer(forged, { holder: bo }),
      ].map(errorOf),
    )) {
      expect(error).toBeInstanceOf(LeaseLostError);
    }
    expect((await registry.check(['cities/1'])).held.get('cities/1')).toEqual([acquired.id]);
    expect(await registry.renew(toLeaseSecret(acquired))).toBe(1);
  });

  it('P4: an owner can do nothing after the release', async () => {
    const { registry } = await open();
    const leaseSecret = toLeaseSecret(await registry.acquire({ holder: ann, records: ['cities/1'] }));
    await registry.release(leaseSecret);
    for (const error of await Promise.all(
      [
        registry.renew(leaseSecret),
        registry.release(leaseSecret),
        registry.resume(leaseSecret),
        registry.prove(leaseSecret, ['cities/1']),
        registry.transfer(leaseSecret, { holder: bo }),
      ].map(errorOf),
    )) {
      expect(error).toBeInstanceOf(LeaseLostError);
    }
  });
});

describe('resuming', () => {
  it('P4: resume answers a new secret, and the old one is void', async () => {
    const { registry } = await open();
    const acquired = await registry.acquire({ holder: ann, records: ['cities/1', 'regions/A'] });
    const resumed = await registry.resume(toLeaseSecret(acquired));
    expect(resumed).toMatchObject({ id: acquired.id, recordCount: 2, records: ['cities/1', 'regions/A'] });
    expect(await errorOf(registry.renew(toLeaseSecret(acquired)))).toBeInstanceOf(LeaseLostError);
    await registry.renew(toLeaseSecret(resumed));
  });

  it('resume succeeds again if the same request is repeated after a lost answer', async () => {
    const { registry } = await open();
    const acquired = await registry.acquire({ holder: ann, records: ['cities/1'] });
    const next = 'n'.repeat(24);
    for (let i = 0; i < 2; i++)
      expect((await registry.resume(toLeaseSecret(acquired), next)).secret).toBe(next);
  });

  it('P4: resume is refused to any actor but the named one', async () => {
    const { registry } = await open();
    const acquired = await registry.acquire({ holder: ann, records: ['cities/1'] });
    const asBo = registry.resume(toLeaseSecret(acquired), undefined, bo.actor.id);
    expect(await errorOf(asBo)).toBeInstanceOf(LeaseLostError);
    await registry.resume(toLeaseSecret(acquired), undefined, ann.actor.id);
  });
});

describe('a transfer', () => {
  it('P5: a transfer leaves no gap: the same id, another holder, a new secret, a higher fence', async () => {
    const { registry, log } = await open();
    const acquired = await registry.acquire({ holder: ann, records: cities(0, 3) });
    const handed = await registry.transfer(toLeaseSecret(acquired), { holder: task, ttlMs: 20_000 });
    expect(handed).toMatchObject({ id: acquired.id, recordCount: 3, ttlMs: 20_000 });
    expect(handed.secret).not.toBe(acquired.secret);
    expect(BigInt(handed.fence)).toBeGreaterThan(BigInt(acquired.fence));
    expect(await errorOf(registry.renew(toLeaseSecret(acquired)))).toBeInstanceOf(LeaseLostError);
    expect(await registry.prove(toLeaseSecret(handed), cities(0, 3))).toEqual({
      fence: handed.fence,
      holder: task,
      uncovered: [],
    });
    expect(await listBlockers(registry.acquire({ holder: bo, records: ['cities/1'] }))).toEqual([
      "Import's form",
    ]);
    expect((await log()).at(-1)).toMatchObject({
      kind: 'transferred',
      leaseId: acquired.id,
      holder: task,
      from: ann,
    });
  });

  it('transfer succeeds again with the same next secret, and the first owner stays refused', async () => {
    const { registry } = await open();
    const acquired = await registry.acquire({ holder: ann, records: ['cities/1'] });
    const nextSecret = 'n'.repeat(24);
    const once = await registry.transfer(toLeaseSecret(acquired), { holder: task, nextSecret });
    const again = await registry.transfer(toLeaseSecret(acquired), { holder: task, nextSecret });
    expect(again).toMatchObject({ id: once.id, secret: nextSecret });
    expect(BigInt(again.fence)).toBeGreaterThanOrEqual(BigInt(once.fence));
    expect(await errorOf(registry.transfer(toLeaseSecret(acquired), { holder: bo }))).toBeInstanceOf(
      LeaseLostError,
    );
  });

  it('P4: a transfer aborts the signal of the old handle', async () => {
    const { locks, registry } = await open();
    const lease = await locks.acquire({ holder: ann, records: ['cities/1'] });
    const handed = await lease.transfer(task);
    expect(lease.signal.reason).toBeInstanceOf(LeaseLostError);
    expect(await errorOf(lease.renew())).toBeInstanceOf(LeaseLostError);
    await lease.release();
    await registry.renew(toLeaseSecret(handed));
  });
});
