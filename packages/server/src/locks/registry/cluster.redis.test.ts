/** The registry on a cluster of three nodes: what a namespace writes lies on one of them, and all of its verbs work. */
import type { Holder, RecordKey } from '@rowlock/protocol';
import { callRedis, startRedisCluster, type TestRedisCluster, until } from '@rowlock/test-utils';
import { Cluster } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConflictError } from '../../errors.ts';
import { keysOf } from '../../redis/keys.ts';
import { createLocks, type Locks } from '../locks.ts';
import type { HierarchyRules } from './hierarchy.ts';

const holderOf = (name: string): Holder => ({
  type: 'task',
  id: name,
  label: name,
  actor: { id: name, name },
});
const hierarchy: HierarchyRules = {
  cities: { under: ['regions'], getAncestors: (ids) => ids.map((id) => [`regions/${Number(id) % 5}`]) },
};
const cities = (count: number): RecordKey[] =>
  Array.from({ length: count }, (_, number): RecordKey => `cities/${number}`);
const first: RecordKey = 'cities/0';

let cluster: TestRedisCluster;
const closing: (() => Promise<void>)[] = [];
beforeAll(async () => {
  cluster = await startRedisCluster();
});
afterAll(async () => {
  for (const close of closing) await close();
  await cluster.stop();
});

async function open(namespace: string): Promise<Locks> {
  const redis = new Cluster(cluster.ports.map((port) => ({ host: '127.0.0.1', port })));
  redis.on('error', () => {});
  const locks = createLocks({ redis, namespace, hierarchy });
  await locks.start();
  closing.push(async () => {
    await locks.close();
    redis.disconnect();
  });
  return locks;
}

/** A namespace on each of the first two nodes. */
async function namespacesApart(): Promise<[string, string]> {
  const found: string[] = [];
  for (let number = 0; !found[0] || !found[1]; number++) {
    found[await cluster.findNode(keysOf(`shop-${number}`).log)] ??= `shop-${number}`;
  }
  return [found[0], found[1]];
}

async function allKeys(): Promise<string[]> {
  const perNode = await Promise.all(cluster.ports.map((port) => callRedis(port, ['KEYS', '*'])));
  return perNode.flat() as string[];
}

/** The whole life of leases; what it leaves behind is two that are held, and one that has waited in vain. */
async function liveThrough(namespace: string): Promise<void> {
  const [locks, others] = await Promise.all([open(namespace), open(namespace)]);
  const owner = { holder: holderOf('owner') };
  const other = { holder: holderOf('other') };

  const one = await locks.acquire({ ...owner, records: [first] });
  await expect(others.acquire({ ...other, records: [first] })).rejects.toBeInstanceOf(ConflictError);
  await one.renew();
  await one.extend(['cities/1', 'cities/2']);
  await one.release(['cities/2']);
  expect([...(await others.check(cities(3))).held.keys()]).toEqual(['cities/0', 'cities/1']);

  // More than one script takes; and a wait that ends by the word of the other process's release.
  const positions: number[] = [];
  const large = others.acquire({
    ...other,
    records: cities(12_000),
    onConflict: 'wait',
    onPosition: ({ position }) => positions.push(position),
  });
  await until(() => positions.length > 0, { timeoutMs: 10_000 });
  expect(positions).toEqual([1]);
  await one.release();
  const lease = await large;
  expect(lease.records).toHaveLength(12_000);
  expect(BigInt(lease.fence)).toBeGreaterThan(BigInt(one.fence));

  const subtree = locks.acquire({ ...owner, records: ['regions/3'], scope: 'subtree' });
  await expect(subtree).rejects.toBeInstanceOf(ConflictError);
  const next = await lease.transfer(holderOf('successor'));
  expect(lease.signal.aborted).toBe(true);
  expect(BigInt(next.fence)).toBeGreaterThan(BigInt(lease.fence));
  await locks.registry.release({ leaseId: next.id, secret: next.secret });

  // Nobody renews this one. The observers expire it, and the sweepers clear its entries.
  const silent = await locks.registry.acquire({ ...owner, records: cities(50), ttlMs: 1_000 });
  const waited = await others.acquire({ ...other, records: [first], onConflict: 'wait', waitMs: 10_000 });
  expect(waited.id).not.toBe(silent.id);
  await waited.release();
  await until(async () => (await locks.registry.sweep()) === false);
  expect((await locks.check(cities(12_000))).held.size).toBe(0);

  await locks.acquire({ ...owner, records: ['regions/3'], scope: 'subtree' });
  await locks.acquire({ ...owner, records: ['cities/1'], mode: 'shared' });
  const inVain = others.acquire({ ...other, records: ['cities/3'], onConflict: 'wait', waitMs: 200 });
  await expect(inVain).rejects.toBeInstanceOf(ConflictError);
  const story = await locks.audit.listByRecord(first);
  expect(story.map(({ what, reason }) => reason ?? what)).toEqual(
    expect.arrayContaining(['expired', 'transferred']),
  );
  expect((await locks.list()).leases).toHaveLength(2);
}

describe('on a cluster of three nodes', () => {
  it('leases live their whole life, in two namespaces on different nodes, each of which lies in one slot', async () => {
    const namespaces = await namespacesApart();
    await Promise.all(namespaces.map(liveThrough));

    const keys = await allKeys();
    const port = cluster.ports[0]!;
    const slots = await Promise.all(
      namespaces.map(async (namespace) => {
        const { prefix } = keysOf(namespace);
        const own = keys.filter((key) => key.startsWith(prefix));
        // Records, marks, leases, their lists, the log, and so on.
        expect(new Set(own.map((key) => key.slice(prefix.length).split(':')[0])).size).toBeGreaterThan(8);
        return new Set(await Promise.all(own.map((key) => callRedis(port, ['CLUSTER', 'KEYSLOT', key]))));
      }),
    );
    expect(slots.map(({ size }) => size)).toEqual([1, 1]);
    expect(slots[0]).not.toEqual(slots[1]);
    expect(keys.filter((key) => !namespaces.some((name) => key.startsWith(keysOf(name).prefix)))).toEqual([]);
  }, 40_000);
});
