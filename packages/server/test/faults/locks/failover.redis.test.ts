import type { Holder } from '@rowlock/protocol';
import { startProxy, startRedis, until } from '@rowlock/test-utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLocks, type Locks } from '../../../src/locks/locks.ts';
import { openHasty } from './lockClient.ts';

const TTL_MS = 1_000;
const RESTART_GRACE_MS = 1_500;
const holderOf = (name: string): Holder => ({
  type: 'task',
  id: name,
  label: name,
  actor: { id: name, name },
});
const requestOf = (name: string, record: `cities/${string}`) => ({
  holder: holderOf(name),
  records: [record],
  ttlMs: TTL_MS,
});

/** A primary that clients reach through a proxy, and a replica that follows it through another and can replace it. */
async function startPair() {
  const primary = await startRedis();
  const [front, between] = await Promise.all([startProxy(primary.port), startProxy(primary.port)]);
  const replica = await startRedis({ replicaOf: between.port });
  return {
    between,
    port: front.port,
    async failOver() {
      await primary.kill();
      await replica.promote();
      front.retarget(replica.port);
    },
    async stop() {
      await Promise.all([front.close(), between.close()]);
      await Promise.all([primary.stop(), replica.stop()]);
    },
  };
}

describe('a replica that is promoted', () => {
  let pair: Awaited<ReturnType<typeof startPair>>;
  const closing: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    pair = await startPair();
  });
  afterAll(async () => {
    for (const close of closing) await close();
    await pair.stop();
  });

  async function open(): Promise<Locks> {
    const connection = openHasty(pair.port);
    const locks = createLocks({
      redis: connection,
      namespace: 'failover',
      recovery: { graceMs: RESTART_GRACE_MS },
    });
    await locks.start();
    closing.push(async () => {
      await locks.close();
      connection.disconnect();
    });
    return locks;
  }

  it('P1, P5: a failover loses only new leases of crashed holders, and living holders keep theirs', async () => {
    const [living, others] = await Promise.all([open(), open()]);
    const known = await living.acquire(requestOf('living', 'cities/1'));
    // From now on the replica gets no data: the newest leases are on the primary alone.
    pair.between.dropToClient();
    const unreplicated = await living.acquire(requestOf('living', 'cities/2'));
    await others.registry.acquire(requestOf('crashed', 'cities/3'));
    const { fence } = unreplicated;
    await pair.failOver();

    // The holder of cities/3 is gone, so nobody asks for that lease again: another holder can acquire the record.
    const next = await until(() => others.acquire(requestOf('next', 'cities/3')), { timeoutMs: 10_000 });
    expect(BigInt(next.fence)).toBeGreaterThan(BigInt(fence));
    for (const lease of [known, unreplicated]) {
      expect(lease.signal.aborted).toBe(false);
      const holders = await others.listHolders(lease.records);
      expect(holders.get(lease.records[0]!)?.map((one) => one.lease.id)).toEqual([lease.id]);
    }
    expect(BigInt(unreplicated.fence)).toBeGreaterThan(BigInt(fence));
    await next.release();
    await Promise.all([known.release(), unreplicated.release()]);
  });
});
