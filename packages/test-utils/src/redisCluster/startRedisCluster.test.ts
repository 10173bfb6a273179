import { existsSync } from 'node:fs';
import { Cluster } from 'ioredis';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { callRedis } from '../callRedis.ts';
import { trackLeaks } from '../trackLeaks.ts';
import { until } from '../until.ts';
import { startRedisCluster, type TestRedisCluster } from './startRedisCluster.ts';

let cluster: TestRedisCluster;
let infoAtStart: string[];
const clients: Cluster[] = [];

beforeAll(async () => {
  cluster = await startRedisCluster({ appendonly: 'always' });
  infoAtStart = await Promise.all(
    cluster.ports.map(async (port) => String(await callRedis(port, ['CLUSTER', 'INFO']))),
  );
});
afterEach(() => {
  for (const client of clients.splice(0)) client.disconnect();
});
afterAll(() => cluster.stop());

function connect(): Cluster {
  const client = new Cluster(cluster.ports.map((port) => ({ host: '127.0.0.1', port })));
  client.on('error', () => {}); // nodes are killed on purpose
  clients.push(client);
  return client;
}

/** One key for each node, by the index of the node. */
async function findKeys(): Promise<string[]> {
  const keys: string[] = [];
  for (let count = 0; keys.filter(Boolean).length < cluster.nodes.length; count++) {
    keys[await cluster.findNode(`key${count}`)] ??= `key${count}`;
  }
  return keys;
}

test('all nodes of a cluster are healthy when startRedisCluster resolves', () => {
  expect(infoAtStart).toHaveLength(3);
  for (const info of infoAtStart) expect(info).toContain('cluster_state:ok');
});

test('each node of a cluster serves its own keys, and a client finds all of them', async () => {
  const client = connect();
  for (const [index, key] of (await findKeys()).entries()) {
    await client.set(key, index);
    expect(await callRedis(cluster.ports[index]!, ['GET', key])).toBe(String(index));
    await expect(callRedis(cluster.ports[(index + 1) % 3]!, ['GET', key])).rejects.toThrow('MOVED');
  }
});

test('a cluster refuses a script with keys of two slots', async () => {
  const [one, two] = await findKeys();
  const script = 'return redis.call("GET", KEYS[1])';
  await expect(connect().eval(script, 2, one!, two!)).rejects.toThrow('CROSSSLOT');
});

test('a cluster fails when a node is killed, and has all data after its restart', async () => {
  const [key] = await findKeys();
  const client = connect();
  await client.set(key!, 'kept');
  await cluster.kill(0);
  await until(async () =>
    String(await callRedis(cluster.ports[1]!, ['CLUSTER', 'INFO'])).includes('cluster_state:fail'),
  );
  await cluster.restart(0);
  expect(await connect().get(key!)).toBe('kept');
});

test('a cluster fails when a node is paused, and recovers when the node is resumed', async () => {
  cluster.nodes[2]!.pause();
  await until(async () =>
    String(await callRedis(cluster.ports[0]!, ['CLUSTER', 'INFO'])).includes('cluster_state:fail'),
  );
  cluster.nodes[2]!.resume();
  await cluster.ready();
});

test('startRedisCluster refuses fewer than three nodes', async () => {
  await expect(startRedisCluster({ nodes: 2 })).rejects.toThrow('at least 3 primaries');
});

test('stop ends all nodes of a cluster, removes their data and leaves nothing open', async () => {
  const leaks = trackLeaks();
  const other = await startRedisCluster();
  await other.stop();
  expect(other.nodes.map(({ dir }) => existsSync(dir))).toEqual([false, false, false]);
  await leaks.assertNone();
});
