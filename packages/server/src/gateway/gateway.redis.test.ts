import { CHANNEL_NAMESPACE, DEFAULT_LIMITS } from '@rowlock/protocol';
import { startRedis, until } from '@rowlock/test-utils';
import { Redis } from 'ioredis';
import { io } from 'socket.io-client';
import { describe, expect, it } from 'vitest';
import { acquire, gatewayFixture, sees, watch } from '../../test/fixtures/gatewayFixture.ts';
import { gatedTask, leasesOn, newNamespace, startRig } from '../../test/fixtures/rig.ts';
import { keysOf } from '../redis/keys.ts';

const { rig, server } = gatewayFixture();

describe('an authorize that never answers', () => {
  it('an authorize that never answers delays only the session that it was asked for', async () => {
    const { task } = gatedTask();
    const { connect, rowlock } = await rig({
      tasks: [task],
      authorize: ({ actor, action, task }) =>
        action === 'watch' && task && actor.id === 'bo' ? new Promise<boolean>(() => {}) : true,
    });
    const [ann, bo, chen] = [await connect('ann'), await connect('bo'), await connect('chen')];
    await rowlock.tasks.launch(task, { ids: ['9'], gate: 'a' }, { actor: { id: 'ann', name: 'Ann' } });
    bo.socket.emit('watch', { tasks: 'all' }, () => {});
    await watch(chen, 'cities/1');
    await acquire(ann, 'cities/1');
    await sees(chen, 'cities/1', 1);
  });
});

describe('bad input', () => {
  it('a malformed message gets a clear error, is logged once, and breaks nothing', async () => {
    const { connect, logged } = await rig();
    const ann = await connect('ann');
    const codeOf = async (name: string, ...args: unknown[]) => (await ann.sendRaw(name, ...args)).error?.code;
    expect(await codeOf('watch', { records: ['Cities/1'] })).toBe('bad_request');
    expect(await codeOf('watch', { records: ['cities/'] })).toBe('bad_request');
    expect(await codeOf('watch', { records: ['cities/*'] })).toBe('bad_request');
    expect(await codeOf('watch', { records: ['planets/1'] })).toBe('unknown_resource');
    expect(await codeOf('watch', { records: 'cities/1' })).toBe('bad_request');
    expect(await codeOf('watch', 'cities/1')).toBe('bad_request');
    expect(await codeOf('watch', { records: [], extra: 1 })).toBe('bad_request');
    expect(await codeOf('acquire')).toBe('bad_request');
    expect(await codeOf('acquire', { records: ['cities/1'], mode: 'greedy' })).toBe('bad_request');
    expect(await codeOf('__proto__', {})).toBe('bad_request');
    expect(await codeOf('release', { leaseId: 'abc', secret: 'x' })).toBe('bad_request');
    const refusals = logged.filter((line) => line.includes('refused "watch"'));
    expect(refusals).toHaveLength(2);
    expect((await watch(ann, 'cities/1')).records).toEqual({ 'cities/1': [] });
  });

  it('a malformed key is refused with an example of a correct key', async () => {
    const { connect } = await rig();
    const { error } = await (await connect('ann')).sendRaw('watch', { records: ['Paris'] });
    expect(error?.message).toContain('"Paris" is not a record key. A record key is "<resource>/<id>"');
  });

  it('a message with 100,000 ids is refused by their number, and the session continues', async () => {
    const { connect } = await rig();
    const ann = await connect('ann');
    const records = Array.from({ length: 100_000 }, (_, i) => `cities/${1_000_000 + i}`);
    expect((await ann.sendRaw('acquire', { records })).error?.code).toBe('too_many_records');
    expect((await ann.sendRaw('watch', { records })).error?.code).toBe('too_many_records');
    expect((await watch(ann, 'cities/1')).records).toEqual({ 'cities/1': [] });
  });

  it('a message that is larger than allowed ends its connection alone, and is logged', async () => {
    const { connect, logged } = await rig();
    const [ann, bo] = [await connect('ann'), await connect('bo')];
    const gone = new Promise((resolve) => ann.socket.once('disconnect', resolve));
    ann.socket.emit('watch', { records: ['x'.repeat(DEFAULT_LIMITS.messageBytes + 1)] });
    await gone;
    await until(() => logged.some((line) => line.includes('larger than')), { what: 'the log line' });
    expect((await watch(bo, 'cities/1')).records).toEqual({ 'cities/1': [] });
  });

  it('a packet that cannot be decoded ends its connection, and is logged', async () => {
    const { connect, logged } = await rig();
    const chen = await connect('chen');
    chen.socket.io.engine.write('2/rowlock,["watch",{"records":');
    const ended =
      'the connection of chen was ended: what it sent was malformed, or larger than 2097152 bytes';
    await until(() => logged.includes(ended), { what: 'the malformed packet in the log' });
  });

  it('bounds how often a tab may ask', async () => {
    const { connect } = await rig({ sessions: { limits: { messagesPer10s: 5 } } });
    const ann = await connect('ann');
    const codes = await Promise.all(
      Array.from({ length: 8 }, async () => (await ann.sendRaw('unwatch', {})).error?.code),
    );
    expect(codes.filter((code) => code === 'rate_limited')).toHaveLength(3);
  });
});

describe('a connection that costs more than it may', () => {
  it('a connection that floods is first refused, then ended, and others continue', async () => {
    const { connect, logged } = await rig({ sessions: { limits: { messagesPer10s: 50 } } });
    const [ann, bo] = [await connect('ann'), await connect('bo')];
    const gone = new Promise((resolve) => ann.socket.once('disconnect', resolve));
    const codes: string[] = [];
    for (let i = 0; i < 5_000; i++) {
      ann.socket.emit('unwatch', {}, (ack: { ok: boolean }) => codes.push(ack.ok ? 'ok' : 'refused'));
    }
    await gone;
    expect(codes.length).toBeLessThanOrEqual(100);
    expect((await watch(bo, 'cities/1')).records).toEqual({ 'cities/1': [] });
    expect(logged.filter((line) => line.includes('sent more than 100 packets'))).toHaveLength(1);
  });

  it('a connection is ended if it sends too many bytes before it has signed in', async () => {
    const { url, logged } = await rig({ sessions: { limits: { bytesPer10s: 1_000_000 } } });
    const socket = io(`${url}/`, { transports: ['websocket'], forceNew: true, reconnection: false });
    await new Promise<void>((resolve) => socket.once('connect', resolve));
    const gone = new Promise((resolve) => socket.once('disconnect', resolve));
    for (let i = 0; i < 5; i++) socket.emit('hello', 'x'.repeat(400_000));
    await gone;
    expect(logged.filter((line) => line.includes('or 1000000 bytes'))).toHaveLength(1);
  });

  it('a connection is ended if it does not read the answers to its messages', async () => {
    const limits = {
      messagesPer10s: 100_000,
      messagesPer10sOfUser: 100_000,
      bytesPer10s: 1e9,
      unreadBytes: 1e6,
    };
    const { connect, logged } = await rig({ sessions: { limits } });
    const ann = await connect('ann');
    const records = Array.from({ length: 1_000 }, (_, i) => `cities/${'x'.repeat(100)}${i}`);
    (ann.socket.io.engine.transport as unknown as { ws: { pause(): void } }).ws.pause();
    for (let i = 0; i < 200; i++) ann.socket.emit('watch', { records }, () => {});
    await until(() => logged.some((line) => line.includes('has left 1000000 bytes unread')), {
      what: 'the end of the connection',
      timeoutMs: 15_000,
    });
  });

  it('counts for its user together with their other tabs, and a message for each 100 records', async () => {
    const { connect } = await rig({ sessions: { limits: { messagesPer10sOfUser: 20 } } });
    const [ann, twin, bo] = [await connect('ann'), await connect('ann'), await connect('bo')];
    const records = Array.from({ length: 1_000 }, (_, i) => `cities/${i}`);
    expect((await ann.sendRaw('watch', { records })).ok).toBe(true);
    expect((await twin.sendRaw('watch', { records })).ok).toBe(true);
    expect((await ann.sendRaw('unwatch', {})).error?.code).toBe('rate_limited');
    expect((await bo.sendRaw('unwatch', {})).ok).toBe(true);
  });

  it('a connection is refused beyond the limit of its user', async () => {
    const { connect } = await rig({ sessions: { limits: { connectionsOfUser: 2 } } });
    await Promise.all([connect('ann'), connect('bo')]);
    await connect('ann');
    await expect(connect('ann')).rejects.toMatchObject({ data: { code: 'rate_limited' } });
    await connect('bo');
  });

  it('a connection is not authenticated for a while if too many from its address were refused', async () => {
    let asked = 0;
    const { connect, url } = await rig({
      sessions: { limits: { refusalsPer10sOfAddress: 10 } },
      authenticate: () => {
        asked += 1;
        return null;
      },
    });
    await expect(connect('nobody')).rejects.toMatchObject({ data: { code: 'unauthenticated' } });
    // Large credentials are as costly as many small ones.
    await expect(connect('x'.repeat(200_000))).rejects.toMatchObject({ data: { code: 'unauthenticated' } });
    const socket = io(url + CHANNEL_NAMESPACE, {
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
    });
    await new Promise<void>((resolve) => {
      socket.once('connect_error', () => resolve());
      socket.io.once('close', () => resolve());
    });
    expect(asked).toBe(2);
  });
});

describe('permissions', () => {
  it('P12: a connection without authentication is refused with a reason', async () => {
    const { connect } = await rig();
    await expect(connect('nobody')).rejects.toMatchObject({ data: { code: 'unauthenticated' } });
  });

  it('P12: who may only watch cannot acquire', async () => {
    const { connect } = await rig();
    const viewer = await connect('viewer');
    await watch(viewer, 'cities/1');
    expect((await viewer.sendRaw('acquire', { records: ['cities/1'] })).error).toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('viewer may not acquire cities/1'),
    });
  });
});

describe('a gateway that finds the change log trimmed beyond what it has read', () => {
  it('P9: a gateway that missed trimmed entries says that nothing is certain until it has read everything again', async () => {
    const namespace = newNamespace();
    const { connect } = await rig({ namespace });
    const bo = await connect('bo');
    await watch(bo, 'cities/1');
    bo.certainty.length = 0;
    const redis = new Redis(server().url);
    const { log } = keysOf(namespace);
    const step = redis.multi();
    for (let i = 0; i < 300; i++) step.xadd(log, '*', 'kind', 'unknown');
    await step.xtrim(log, 'MAXLEN', 250).exec();
    redis.disconnect();
    await until(() => bo.certainty.length === 2, { what: 'the gap' });
    expect(bo.certainty).toEqual([false, true]);
  });
});

describe('when Redis goes and comes back', () => {
  it('P9: every session is notified that nothing is certain, and its view equals the server when it is certain again', async () => {
    const own = await startRedis({ appendonly: 'always' });
    const lone = await startRig(own, { recovery: { graceMs: 0 } });
    const [ann, bo] = [await lone.connect('ann'), await lone.connect('bo')];
    await watch(bo, 'cities/1', 'cities/2');
    await acquire(ann, 'cities/1');
    await sees(bo, 'cities/1', 1);

    await own.kill();
    await until(() => bo.certainty.at(-1) === false, { what: 'the word that nothing is certain' });
    expect((await bo.sendRaw('acquire', { records: ['cities/2'] })).error?.code).toBe('unavailable');

    await own.restart();
    await until(() => bo.certainty.at(-1) === true, { what: 'certainty again' });
    expect(leasesOn(bo, 'cities/1')).toHaveLength(1);
    await acquire(ann, 'cities/2');
    await sees(bo, 'cities/2', 1);
    expect(bo.certainty.slice(-2)).toEqual([false, true]);
    await lone.close();
    await own.stop();
  });

  it('P9: a Redis that is there but does not answer is no certainty either', async () => {
    const own = await startRedis();
    const lone = await startRig(own);
    const bo = await lone.connect('bo');
    await watch(bo, 'cities/1');
    own.pause();
    await until(() => bo.certainty.at(-1) === false, { what: 'the word that nothing is certain' });
    own.resume();
    await until(() => bo.certainty.at(-1) === true, { what: 'certainty again' });
    await acquire(await lone.connect('ann'), 'cities/1');
    await sees(bo, 'cities/1', 1);
    await lone.close();
    await own.stop();
  }, 20_000);

  it.each([
    { loses: 'all its data', saves: false },
    { loses: 'its newest data', saves: true },
  ])('P6: a tab that lives keeps its lease if Redis restarts and $loses is gone', async ({ saves }) => {
    const own = await startRedis({ args: ['--save', '3600 100000000'] });
    const lone = await startRig(own);
    const [ann, bo] = [await lone.connect('ann'), await lone.connect('bo')];
    if (saves) await save(own.url);
    await watch(bo, 'cities/1');
    const { leaseId, secret } = await acquire(ann, 'cities/1');
    await sees(bo, 'cities/1', 1);
    bo.certainty.length = 0;
    await own.kill();
    await own.restart();
    await until(() => bo.certainty.at(-1) === true, { what: 'certainty again' });
    expect(leasesOn(bo, 'cities/1')).toEqual([leaseId]);
    expect(ann.lost).toEqual([]);
    const headers = { authorization: 'Bearer ann', 'rowlock-lease': `${leaseId}.${secret}` };
    expect((await fetch(`${lone.url}/cities/1`, { method: 'PUT', headers })).status).toBe(200);
    await lone.close();
    await own.stop();
  });

  it('P6: a tab that reconnects after Redis has lost its data gets its lease back', async () => {
    const own = await startRedis();
    const lone = await startRig(own);
    const ann = await lone.connect('ann');
    const leaseSecret = await acquire(ann, 'cities/1');
    ann.socket.disconnect();
    await own.kill();
    await own.restart();
    const again = await lone.connect('ann');
    expect(await again.send('resume', leaseSecret)).toMatchObject({
      ok: true,
      lease: { id: leaseSecret.leaseId },
      records: ['cities/1'],
    });
    await lone.close();
    await own.stop();
  });

  it('P4: a tab whose lease ended before Redis lost its data does not get it back', async () => {
    const own = await startRedis();
    const lone = await startRig(own, { sessions: { disconnectGraceMs: 100 } });
    const [ann, bo] = [await lone.connect('ann'), await lone.connect('bo')];
    await watch(bo, 'cities/1');
    const leaseSecret = await acquire(ann, 'cities/1');
    await sees(bo, 'cities/1', 1);
    ann.socket.disconnect();
    await sees(bo, 'cities/1', 0);
    bo.certainty.length = 0;
    await own.kill();
    await own.restart();
    await until(() => bo.certainty.at(-1) === true, { what: 'certainty again' });
    const again = await lone.connect('ann');
    expect(await again.send('resume', leaseSecret)).toMatchObject({
      ok: false,
      error: { code: 'lease_lost' },
    });
    await lone.close();
    await own.stop();
  });
});

async function save(url: string): Promise<void> {
  const redis = new Redis(url);
  await redis.save();
  redis.disconnect();
}
