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

test('a replica begins with the data of its primary, follows it, and refuses writes', async () => {
  expect(await callRedis(replica.port, ['GET', 'first'])).toBe('yes');
  await callRedis(primary.port, ['SET', 'second', 'yes']);
  await until(async () => (await callRedis(replica.port, ['GET', 'second'])) === 'yes');
  await expect(callRedis(replica.port, ['SET', 'third', 'no'])).rejects.toThrow('READONLY');
});

test('a replica that is promoted after its primary is gone accepts writes with its data, also after a restart', async () => {
  await primary.kill();
  await replica.promote();
  await callRedis(replica.port, ['SET', 'third', 'yes']);
  await replica.restart();
  expect(await callRedis(replica.port, ['MGET', 'first', 'third'])).toEqual(['yes', 'yes']);
  expect(await callRedis(replica.port, ['ROLE'])).toMatchObject({ 0: 'master' });
});

test('a promotion loses the writes that a cut link had not carried', async () => {
  link.dropToClient();
  await callRedis(primary.port, ['SET', 'newest', 'yes']);
  await until(() => link.counts().toClient.droppedBytes > 0);
  await replica.promote();
  await primary.kill();
  expect(await callRedis(replica.port, ['MGET', 'first', 'newest'])).toEqual(['yes', null]);
});

test('a replica whose primary is not there is an error, and is ended', async () => {
  link.cut();
  await expect(startRedis({ replicaOf: link.port, replicaTimeoutMs: 500 })).rejects.toThrow(
    /Waited 500 ms for the replica to be in step/,
  );
});
