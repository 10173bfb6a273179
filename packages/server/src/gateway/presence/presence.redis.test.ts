/** Presence, as browsers of two gateways see it. */
import type { RecordKey, Viewers } from '@rowlock/protocol';
import { startRedis, until } from '@rowlock/test-utils';
import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { gatewayFixture } from '../../../test/fixtures/gatewayFixture.ts';
import { type Client, newNamespace, startRig } from '../../../test/fixtures/rig.ts';

const { rig, server } = gatewayFixture();

const look = async (client: Client, ...presence: RecordKey[]) => {
  const answer = await client.send('watch', { presence });
  if (!answer.ok) throw new Error(answer.error.message);
  return answer;
};
const viewersOn = ({ changes }: Client, record: RecordKey): Viewers | undefined =>
  changes.map(({ viewers }) => viewers?.[record]).findLast((seen) => seen !== undefined);
const sees = (client: Client, record: RecordKey, ...ids: string[]) =>
  until(
    () => {
      const seen = viewersOn(client, record);
      return seen?.count === ids.length && seen.actors.map(({ id }) => id).join() === ids.join();
    },
    { what: `${ids.join()} at ${record}`, timeoutMs: 30_000 },
  );

describe('presence', () => {
  it('a session sees who looks at its records on every gateway, and within 2 s who has closed', async () => {
    const namespace = newNamespace();
    const [here, there] = [await rig({ namespace }), await rig({ namespace })];
    const [ann, bo, chen] = [
      await here.connect('ann'),
      await there.connect('bo'),
      await there.connect('chen'),
    ];
    expect((await look(ann, 'cities/1', 'cities/2')).viewers).toEqual({
      'cities/1': { actors: [], count: 0 },
      'cities/2': { actors: [], count: 0 },
    });
    expect((await look(bo, 'cities/1')).viewers).toEqual({
      'cities/1': { actors: [{ id: 'ann', name: 'ann' }], count: 1 },
    });
    await sees(ann, 'cities/1', 'bo');
    await look(chen, 'cities/1', 'cities/2');
    await sees(ann, 'cities/1', 'bo', 'chen');
    await sees(bo, 'cities/1', 'ann', 'chen');
    await chen.send('unwatch', { presence: ['cities/1'] });
    await sees(ann, 'cities/1', 'bo');
    const closedMs = Date.now();
    bo.socket.disconnect();
    await sees(ann, 'cities/1');
    expect(Date.now() - closedMs).toBeLessThan(2_000);
    expect(viewersOn(ann, 'cities/2')?.count).toBe(1);
  });

  it('a session that only watches records is not seen, and sees nobody', async () => {
    const { connect } = await rig();
    const [ann, bo] = [await connect('ann'), await connect('bo')];
    await look(ann, 'cities/1');
    await bo.send('watch', { records: ['cities/1'] });
    await look(await connect('chen'), 'cities/1');
    await sees(ann, 'cities/1', 'chen');
    expect(bo.changes).toEqual([]);
  });

  it('a session gets at most one update a second, however many come and go', async () => {
    const { connect } = await rig();
    const ann = await connect('ann');
    await look(ann, 'cities/1');
    const beganMs = Date.now();
    for (let i = 0; i < 10; i++) {
      const client = await connect(`user-${i}`);
      await look(client, 'cities/1');
    }
    await until(() => viewersOn(ann, 'cities/1')?.count === 10);
    expect(ann.changes.length).toBeLessThanOrEqual(2 + (Date.now() - beganMs) / 1_000);
  });

  it('a record has at most 100 viewers, and the others see them', async () => {
    const namespace = newNamespace();
    const { connect } = await rig({ namespace, sessions: { limits: { connectionsOfUser: 200 } } });
    const clients: Client[] = [];
    for (let i = 0; i < 103; i++) clients.push(await connect(`user-${i}`));
    for (const client of clients) await look(client, 'cities/1');
    const last = clients.at(-1)!;
    await until(() => viewersOn(last, 'cities/1')?.count === 100, { what: '100 viewers' });
    expect(viewersOn(last, 'cities/1')?.actors).toHaveLength(20);
    // A viewer that leaves makes room for the next one.
    clients[0]!.socket.disconnect();
    await until(() => viewersOn(last, 'cities/1')?.count === 99, { what: '99 viewers' });
    await look(await connect('late'), 'cities/1');
    await until(() => viewersOn(last, 'cities/1')?.count === 100, { what: '100 viewers again' });
  }, 30_000);

  it('P12: a user who may not watch a record does not see its viewers, and is not seen', async () => {
    const { connect } = await rig({ authorize: ({ actor }) => actor.id !== 'bo' });
    const [ann, bo] = [await connect('ann'), await connect('bo')];
    await look(ann, 'cities/1');
    expect(await bo.send('watch', { presence: ['cities/1'] })).toMatchObject({
      error: { code: 'forbidden' },
    });
    await look(await connect('chen'), 'cities/1');
    await sees(ann, 'cities/1', 'chen');
  });

  it('a session may look at as many records as its limit says', async () => {
    const { connect } = await rig({ sessions: { limits: { presenceRecords: 2 } } });
    const ann = await connect('ann');
    await look(ann, 'cities/1', 'cities/2');
    await look(ann, 'cities/1');
    expect(await ann.send('watch', { presence: ['cities/3'] })).toMatchObject({
      error: { code: 'too_many_records' },
    });
    await ann.send('unwatch', { presence: ['cities/1'] });
    await look(ann, 'cities/3');
  });

  it('presence that is switched off is refused, and the rest of the channel works', async () => {
    const { connect } = await rig({ presence: false });
    const ann = await connect('ann');
    expect(await ann.send('watch', { presence: ['cities/1'] })).toMatchObject({
      error: { code: 'forbidden' },
    });
    expect(await ann.send('watch', { records: ['cities/1'] })).toMatchObject({ ok: true });
  });

  it('P9: viewers are seen again after a restart of Redis that has lost them', async () => {
    const own = await startRedis({});
    const lone = await startRig(own, { recovery: { graceMs: 100 } });
    onTestFinished(() => lone.close().then(() => own.stop()));
    const [ann, bo] = [await lone.connect('ann'), await lone.connect('bo')];
    await look(ann, 'cities/1');
    await look(bo, 'cities/1');
    await sees(ann, 'cities/1', 'bo');
    await own.kill();
    await own.restart();
    await until(() => ann.certainty.at(-1) === true, { what: 'certainty', timeoutMs: 15_000 });
    const late = await until(() => look(ann, 'cities/1'), { what: 'an answer' });
    expect(late.viewers?.['cities/1']).toMatchObject({ count: 1 });
    bo.socket.disconnect();
    await sees(ann, 'cities/1');
  }, 30_000);

  it('the viewers of a gateway that has crashed are gone within 6 s after its key has expired', async () => {
    const namespace = newNamespace();
    const { connect } = await rig({ namespace });
    const ann = await connect('ann');
    await look(ann, 'cities/1');
    const redis = new Redis(server().url);
    onTestFinished(() => redis.disconnect());
    const prefix = `{rowlock:${namespace}}:`;
    // As a gateway leaves them that was killed. Its key expires at most 20 s later.
    await redis.set(`${prefix}gateway:crashed`, '1', 'PX', 2_000);
    await redis.hset(`${prefix}viewers:cities/1`, 'crashed x', JSON.stringify(['tab', 'bo', 'Bo']));
    await redis.publish(`${prefix}presence`, 'cities/1');
    await sees(ann, 'cities/1', 'bo');
    const seenMs = Date.now();
    await sees(ann, 'cities/1');
    expect(Date.now() - seenMs).toBeLessThan(2_000 + 6_000 + 1_000);
  }, 20_000);

  it('nothing is kept in Redis of viewers that have left', async () => {
    const namespace = newNamespace();
    const { connect } = await rig({ namespace });
    const ann = await connect('ann');
    await look(ann, 'cities/1', 'cities/2');
    const redis = new Redis(server().url);
    onTestFinished(() => redis.disconnect());
    const kept = () => redis.keys(`{rowlock:${namespace}}:[vg][ia]*e*:*`);
    expect(await kept()).toHaveLength(3);
    ann.socket.disconnect();
    await until(async () => (await kept()).length === 0, { what: 'no keys' });
  });
});
