import { until } from '@rowlock/test-utils';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  acquire,
  gatewayFixture,
  joinWaitList,
  leaseOf,
  rigOnOwnRedis,
} from '../../../test/fixtures/gatewayFixture.ts';
import { type Client, newNamespace, startRig } from '../../../test/fixtures/rig.ts';

const { rig } = gatewayFixture();

/** Two gateways of one namespace. */
async function twoGateways(options: Parameters<typeof rig>[0] = {}) {
  const namespace = newNamespace();
  return [await rig({ namespace, ...options }), await rig({ namespace, ...options })] as const;
}

const positions = (client: Client) =>
  client.waits.flatMap((event) => ('position' in event ? event.position : []));
const acquired = (client: Client, leaseId: string) =>
  until(() => client.waits.some((event) => event.leaseId === leaseId && 'fence' in event), {
    what: `lease ${leaseId} in force`,
  });
const release = async (client: Client, leaseSecret: { leaseId: string; secret: string }) => {
  const ack = await client.send('release', leaseSecret);
  if (!ack.ok) throw new Error(ack.error.message);
};

describe('a tab that waits for records', () => {
  it('a waiting tab learns each new position, and that it holds the records', async () => {
    const [here, there] = await twoGateways();
    const [ann, bo, cy] = [await here.connect('ann'), await there.connect('bo'), await here.connect('cy')];
    const held = await acquire(ann, 'cities/1');
    const first = await joinWaitList(bo, 'cities/1', 'cities/2');
    const second = await joinWaitList(cy, 'cities/1');
    expect([first.position, second.position]).toEqual([1, 2]);
    expect(second.answer).toMatchObject({
      conflicts: [
        { records: ['cities/1'], lease: { id: held.leaseId, holder: { actor: { name: 'ann' } } } },
        { isWaiting: true, lease: { id: first.leaseId } },
      ],
    });
    await release(ann, held);
    await acquired(bo, first.leaseId);
    await until(() => positions(cy).at(-1) === 1, { what: 'the next position' });
    expect(bo.waits).toEqual([
      { leaseId: first.leaseId, fence: expect.any(String), ttlMs: 15_000, recordCount: 2 },
    ]);
    await release(bo, first.leaseSecret);
    await acquired(cy, second.leaseId);
    const check = await here.rowlock.locks.check(['cities/1']);
    expect(check.held.get('cities/1')).toEqual([second.leaseId]);
  });

  it('a request that waits is served at once if the records are free', async () => {
    const { connect } = await rig();
    const ack = await (await connect('ann')).send('acquire', { records: ['cities/1'], onConflict: 'wait' });
    expect(leaseOf(ack).recordCount).toBe(1);
  });

  it('a waiting lease keeps its position on another gateway', async () => {
    const [here, there] = await twoGateways();
    const [ann, bo, cy] = [await here.connect('ann'), await here.connect('bo'), await there.connect('cy')];
    const held = await acquire(ann, 'cities/1');
    const waiting = await joinWaitList(bo, 'cities/1');
    const behind = await joinWaitList(cy, 'cities/1');
    bo.socket.disconnect();
    const again = await there.connect('bo');
    const resumed = await again.send('resume', { ...waiting.leaseSecret, nextSecret: 'n'.repeat(24) });
    expect(resumed).toMatchObject({
      ok: true,
      records: ['cities/1'],
      waiting: { id: waiting.leaseId, secret: 'n'.repeat(24), position: 1, recordCount: 1 },
      conflicts: [{ lease: { id: held.leaseId } }],
    });
    expect(await again.send('confirm', {})).toMatchObject({
      leases: [{ leaseId: waiting.leaseId, position: 1, ageMs: expect.any(Number) }],
    });
    await release(ann, held);
    await acquired(again, waiting.leaseId);
    expect(behind.position).toBe(2);
  });

  it('a waiting lease that comes into force while its tab is away is resumed as held', async () => {
    const [here, there] = await twoGateways();
    const [ann, bo] = [await here.connect('ann'), await here.connect('bo')];
    const held = await acquire(ann, 'cities/1');
    const waiting = await joinWaitList(bo, 'cities/1');
    bo.socket.disconnect();
    await release(ann, held);
    const again = await there.connect('bo');
    expect(await again.send('resume', waiting.leaseSecret)).toMatchObject({
      ok: true,
      lease: { id: waiting.leaseId },
      records: ['cities/1'],
    });
  });

  it('P6: the records of a waiter that does not return are free after the disconnect grace', async () => {
    const { connect, rowlock } = await rig({ sessions: { disconnectGraceMs: 300 } });
    const [ann, bo, cy] = [await connect('ann'), await connect('bo'), await connect('cy')];
    const held = await acquire(ann, 'cities/1');
    const first = await joinWaitList(bo, 'cities/1');
    const second = await joinWaitList(cy, 'cities/1');
    bo.socket.disconnect();
    await until(() => positions(cy).at(-1) === 1, { what: 'the end of the wait' });
    await release(ann, held);
    await acquired(cy, second.leaseId);
    expect(await rowlock.locks.registry.isInForce(first.leaseId)).toBe(false);
  });

  it('P6: a lease that comes into force while its tab is away ends with the disconnect grace', async () => {
    const { connect, rowlock } = await rig({ sessions: { disconnectGraceMs: 400 } });
    const [ann, bo] = [await connect('ann'), await connect('bo')];
    const held = await acquire(ann, 'cities/1');
    await joinWaitList(bo, 'cities/1');
    bo.socket.disconnect();
    await release(ann, held);
    await until(async () => (await rowlock.locks.check(['cities/1'])).held.size === 0, {
      what: 'the end of the lease',
    });
  });

  it('a waiter gets the records after their holder is gone', async () => {
    const [here, there] = await twoGateways({ sessions: { disconnectGraceMs: 100 } });
    const [ann, bo] = [await here.connect('ann'), await there.connect('bo')];
    await acquire(ann, 'cities/1');
    const waiting = await joinWaitList(bo, 'cities/1');
    ann.socket.disconnect();
    await acquired(bo, waiting.leaseId);
  });

  it('a tab stops waiting by a release, once and twice', async () => {
    const { connect, rowlock } = await rig();
    const [ann, bo] = [await connect('ann'), await connect('bo')];
    const held = await acquire(ann, 'cities/1');
    const waiting = await joinWaitList(bo, 'cities/1');
    await release(bo, waiting.leaseSecret);
    expect(await bo.send('release', waiting.leaseSecret)).toMatchObject({ error: { code: 'lease_lost' } });
    await release(ann, held);
    expect((await rowlock.locks.check(['cities/1'])).held.size).toBe(0);
    expect(bo.lost).toEqual([]);
  });

  it('a tab that repeats a resume gets the same answer', async () => {
    const { connect } = await rig();
    const [ann, bo] = [await connect('ann'), await connect('bo')];
    await acquire(ann, 'cities/1');
    const { leaseSecret } = await joinWaitList(bo, 'cities/1');
    const message = { ...leaseSecret, nextSecret: 'n'.repeat(24) };
    const first = await bo.send('resume', message);
    expect(await bo.send('resume', message)).toEqual(first);
    expect(await bo.send('resume', leaseSecret)).toMatchObject({ error: { code: 'lease_lost' } });
  });

  it('P12: a waiting lease is resumed by its own user only', async () => {
    const { connect } = await rig();
    const [ann, bo] = [await connect('ann'), await connect('bo')];
    await acquire(ann, 'cities/1');
    const { leaseSecret } = await joinWaitList(bo, 'cities/1');
    expect(await ann.send('resume', leaseSecret)).toMatchObject({ error: { code: 'lease_lost' } });
  });

  it('two tabs that would wait for each other: the second is refused, and keeps what it holds', async () => {
    const { connect } = await rig();
    const [ann, bo] = [await connect('ann'), await connect('bo')];
    await acquire(ann, 'cities/1');
    await acquire(bo, 'cities/2');
    await joinWaitList(ann, 'cities/2');
    expect(await bo.send('acquire', { records: ['cities/1'], onConflict: 'wait' })).toMatchObject({
      ok: false,
      error: { code: 'conflict', message: expect.stringContaining('Waiting would never end') },
    });
    expect(bo.lost).toEqual([]);
  });

  it('waiting leases count among the leases that a tab may have', async () => {
    const { connect } = await rig({ sessions: { limits: { heldLeases: 1 } } });
    const [ann, bo] = [await connect('ann'), await connect('bo')];
    await acquire(ann, 'cities/1');
    await joinWaitList(bo, 'cities/1');
    expect(await bo.send('acquire', { records: ['cities/2'] })).toMatchObject({
      error: { code: 'rate_limited' },
    });
  });

  it('the end of a wait by somebody else is reported with its reason', async () => {
    const { connect, rowlock } = await rig({ authorize: () => true });
    const [ann, bo] = [await connect('ann'), await connect('bo')];
    await acquire(ann, 'cities/1');
    const { leaseId } = await joinWaitList(bo, 'cities/1');
    const by = { id: 'cy', name: 'Cy' };
    await rowlock.locks.revoke({ leaseIds: [leaseId], by, reason: 'Maintenance' });
    await until(() => bo.lost.length === 1);
    expect(bo.lost).toEqual([{ leaseId, reason: 'taken over', by, why: 'Maintenance' }]);
  });

  it.each([
    { loses: 'all its data', redis: {} },
    { loses: 'nothing', redis: { appendonly: 'always' as const } },
  ])('a tab waits on if Redis restarts and loses $loses', async ({ redis: redisOptions }) => {
    const options = { namespace: newNamespace(), recovery: { graceMs: 2_000 } };
    const lone = await rigOnOwnRedis(redisOptions, options);
    const other = await startRig(lone.redis, options);
    onTestFinished(() => other.close());
    const [ann, bo] = [await lone.connect('ann'), await other.connect('bo')];
    const held = await acquire(ann, 'cities/1');
    const waiting = await joinWaitList(bo, 'cities/1');
    await lone.redis.kill();
    await lone.redis.restart();
    // The holder comes first: during the restart grace only holders get their records again.
    await until(() => bo.certainty.at(-1) === true, { what: 'certainty again' });
    const { registry } = lone.rowlock.locks;
    await until(async () => (await registry.find([waiting.leaseId])).length === 1, {
      what: 'the waiting lease again',
      timeoutMs: 15_000,
    });
    expect(await registry.isInForce(held.leaseId)).toBe(true);
    await release(ann, held);
    await acquired(bo, waiting.leaseId);
    expect(bo.lost).toEqual([]);
    expect(await bo.send('resume', waiting.leaseSecret)).toMatchObject({ ok: true, records: ['cities/1'] });
  });

  it('P4: a wait that ended before Redis lost its data does not begin again', async () => {
    const lone = await rigOnOwnRedis({}, { recovery: { graceMs: 0 } });
    const [ann, bo] = [await lone.connect('ann'), await lone.connect('bo')];
    await acquire(ann, 'cities/1');
    const { leaseSecret } = await joinWaitList(bo, 'cities/1');
    await release(bo, leaseSecret);
    bo.certainty.length = 0;
    await lone.redis.kill();
    await lone.redis.restart();
    await until(() => bo.certainty.at(-1) === true, { what: 'certainty again' });
    expect(await bo.send('resume', leaseSecret)).toMatchObject({ error: { code: 'lease_lost' } });
  });
});
