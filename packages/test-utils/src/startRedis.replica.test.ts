import { afterEach, beforeEach, expect, test } from 'vitest';
import { callRedis } from './callRedis.ts';
import { startProxy, type TestProxy } from './proxy/startProxy.ts';
import { startRedis, type TestRedis } from './startRedis.ts';
import { until } from './until.ts';

let primary: TestRedis;
let link: TestProxy;
let replica: TestRedis;

beforeEach(async () => {
  primary = await startRedis();
  link = await startProxy(primary.port);
  await callRedis(primary.port, ['SET', 'first', 'yes']);
  replica = await startRedis({ replicaOf: link.port, appendonly: 'always' });
});
afterEach(async () => {
  await replica.stop();
  await link.close();
  await primary.stop();
});

test('a replica starts with the data of its primary, follows it and refuses writes', async () => {
  expect(await callRedis(replica.port, ['GET', 'first'])).toBe('yes');
  await callRedis(primary.port, ['SET', 'second', 'yes']);
  await until(async () => (await callRedis(replica.port, ['GET', 'second'])) === 'yes');
  await expect(callRedis(replica.port, ['SET', 'third', 'no'])).rejects.toThrow('READONLY');
});

test('a promoted replica keeps its data and accepts writes, also after a restart', async () => {
  await primary.kill();
  await replica.promote();
  await callRedis(replica.port, ['SET', 'third', 'yes']);
  await replica.restart();
  expect(await callRedis(replica.port, ['MGET', 'first', 'third'])).toEqual(['yes', 'yes']);
  expect(await callRedis(replica.port, ['ROLE'])).toMatchObject({ 0: 'master' });
});

test('a promotion loses writes that the link dropped', async () => {
  link.dropToClient();
  await callRedis(primary.port, ['SET', 'newest', 'yes']);
  await until(() => link.counts().toClient.droppedBytes > 0);
  await replica.promote();
  await primary.kill();
  expect(await callRedis(replica.port, ['MGET', 'first', 'newest'])).toEqual(['yes', null]);
});

test('startRedis rejects and ends a replica that cannot reach its primary', async () => {
  link.cut();
  await expect(startRedis({ replicaOf: link.port, replicaTimeoutMs: 500 })).rejects.toThrow(
    /Waited 500 ms for the replica to be in sync/,
  );
});
