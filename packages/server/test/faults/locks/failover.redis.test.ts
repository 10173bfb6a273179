import type { Holder } from '@rowlock/protocol';
import { startProxy, startRedis, until } from '@rowlock/test-utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLocks, type Locks } from '../../../src/locks/locks.ts';
import { openHasty } from './lockClient.ts';

const TTL_MS = 1_000;
const GRACE_MS = 1_500;
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

/** What clients reach, what the replica follows, and what becomes of it where its primary is gone. */
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
    const locks = createLocks({ redis: connection, namespace: 'failover', recovery: { graceMs: GRACE_MS } });
    await locks.start();
    closing.push(async () => {
      await locks.close();
      connection.disconnect();
    });
    return locks;
  }

  it('P1, P5: gives living holders back what it had not heard of; what is lost is the newest leases of who died', async () => {
    const [living, others] = await Promise.all([open(), open()]);
    const known = await living.acquire(requestOf('living', 'cities/1'));
    // From now on the replica hears nothing: the newest grants are on the primary alone.
    pair.between.dropToClient();
    const unheard = await living.acquire(requestOf('living', 'cities/2'));
    await others.registry.acquire(requestOf('dead', 'cities/3'));
    const { fence } = unheard;
    await pair.failOver();

    // Its owner is gone, so nobody asks for cities/3 again: the next one has it, long before it would have expired.
    const next = await until(() => others.acquire(requestOf('next', 'cities/3')), { timeoutMs: 10_000 });
    expect(BigInt(next.fence)).toBeGreaterThan(BigInt(fence));
    for (const lease of [known, unheard]) {
      expect(lease.signal.aborted).toBe(false);
      const holders = await others.listHolders(lease.records);
      expect(holders.get(lease.records[0]!)?.map((one) => one.lease.id)).toEqual([lease.id]);
    }
    expect(BigInt(unheard.fence)).toBeGreaterThan(BigInt(fence));
    await next.release();
    await Promise.all([known.release(), unheard.release()]);
  });
});
