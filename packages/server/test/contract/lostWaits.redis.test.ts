import { until } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import { LeaseLostError } from '../../src/errors.ts';
import { RestartGraceError } from '../../src/locks/registry/restartGrace.ts';
import { handClock } from '../fixtures/handClock.ts';
import {
  ann,
  bo,
  cy,
  errorOf,
  joinWaitList,
  type LockClient,
  toLeaseSecret,
  useRedis,
} from '../fixtures/lockFixture.ts';

const { open, server } = useRedis();

const loseAll = async (client: LockClient) => {
  await server().kill();
  await server().restart();
  await until(() => client.redis.ping());
};

describe('a lease that waited when Redis lost its data', () => {
  it('P1, P6: a lost wait begins again under its old id, after the holders have returned', async () => {
    const clock = handClock();
    const client = await open({ clock });
    const { registry } = client;
    const request = { holder: ann, records: ['cities/1'] as const };
    const held = toLeaseSecret(await registry.acquire(request));
    const wish = { holder: bo, records: ['cities/1'] as const };
    const waiting = await joinWaitList(registry, wish);
    await loseAll(client);
    const rejoin = () => registry.rejoin(waiting.leaseSecret, wish);
    expect(await errorOf(rejoin())).toBeInstanceOf(RestartGraceError);
    await registry.reassert(held, request);
    clock.turn(10_000);
    expect(await rejoin()).toMatchObject({
      kind: 'waiting',
      waiting: { leaseId: waiting.leaseId, secret: waiting.leaseSecret.secret, position: 1 },
    });
    expect(await errorOf(rejoin())).toBeInstanceOf(LeaseLostError);
    await registry.release(held);
    expect(await waiting.renew()).toMatchObject({ kind: 'acquired', lease: { id: waiting.leaseId } });
  });

  it('P5: a lost wait for free records leads to a lease at once, under a fence above all earlier ones', async () => {
    const clock = handClock();
    const client = await open({ clock });
    const { registry } = client;
    await registry.acquire({ holder: ann, records: ['cities/1'] });
    const wish = { holder: bo, records: ['cities/1'] as const };
    const waiting = await joinWaitList(registry, wish);
    const latest = await registry.acquire({ holder: cy, records: ['cities/2'] });
    await loseAll(client);
    await errorOf(registry.rejoin(waiting.leaseSecret, wish));
    clock.turn(10_000);
    const outcome = await registry.rejoin(waiting.leaseSecret, wish);
    if (outcome.kind === 'waiting') throw new Error('It waits.');
    expect(outcome.lease).toMatchObject({ id: waiting.leaseId, secret: waiting.leaseSecret.secret });
    expect(BigInt(outcome.lease.fence)).toBeGreaterThan(BigInt(latest.fence));
    await registry.renew(waiting.leaseSecret);
  });

  it('P4: a lease of this epoch, or one that left a trace, cannot be requested under its id', async () => {
    const client = await open({ clock: handClock() });
    const { registry } = client;
    const wish = { holder: bo, records: ['cities/1'] as const };
    const holding = await registry.acquire({ holder: ann, records: ['cities/1'] });
    const waiting = await joinWaitList(registry, wish);
    await registry.stopWaiting(waiting.leaseSecret, 10_000, []);
    await registry.release(toLeaseSecret(holding));
    expect(await errorOf(registry.rejoin(waiting.leaseSecret, wish))).toBeInstanceOf(LeaseLostError);
    const unknown = { leaseId: '99999999999999', secret: 'f'.repeat(24) };
    expect(await errorOf(registry.rejoin(unknown, wish))).toBeInstanceOf(LeaseLostError);
  });
});

describe('resuming a waiting lease', () => {
  it('P4: the old secret is void after it, and only the own user succeeds', async () => {
    const { registry } = await open();
    const holding = await registry.acquire({ holder: ann, records: ['cities/1'] });
    const waiting = await joinWaitList(registry, { holder: bo, records: ['cities/1', 'cities/2'] });
    const behind = await joinWaitList(registry, { holder: cy, records: ['cities/1'] });
    const nextSecret = 'n'.repeat(24);
    const resume = (actorId: string) => registry.resumeWaiting(waiting.leaseSecret, nextSecret, actorId);
    expect(await errorOf(resume('ann'))).toBeInstanceOf(LeaseLostError);
    const resumed = {
      kind: 'waiting',
      waiting: { id: waiting.leaseId, secret: nextSecret, position: 1, recordCount: 2 },
      records: ['cities/1', 'cities/2'],
      blockers: [holding.id],
    };
    expect(await resume('bo')).toMatchObject(resumed);
    expect(await resume('bo')).toMatchObject(resumed);
    expect(await errorOf(waiting.renew())).toBeInstanceOf(LeaseLostError);
    expect(await registry.resumeWaiting(behind.leaseSecret, nextSecret)).toMatchObject({
      waiting: { position: 2 },
      blockers: expect.arrayContaining([holding.id, waiting.leaseId]),
    });
    await registry.release(toLeaseSecret(holding));
    expect(await resume('bo')).toEqual({ kind: 'acquired' });
    const foreign = { leaseId: waiting.leaseId, secret: 'f'.repeat(24) };
    expect(await errorOf(registry.resumeWaiting(foreign, 'g'.repeat(24)))).toBeInstanceOf(LeaseLostError);
  });
});
