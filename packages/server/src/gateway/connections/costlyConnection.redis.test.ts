import { until } from '@rowlock/test-utils';
import { io } from 'socket.io-client';
import { describe, expect, it } from 'vitest';
import { messagePacket, openRawSocket } from '../../../test/attacks/rawSocket.ts';
import { gatewayFixture, watch } from '../../../test/fixtures/gatewayFixture.ts';

const { rig } = gatewayFixture();

describe('a connection that costs more than it may', () => {
  it('a session that asks too often is refused', async () => {
    const { connect } = await rig({ sessions: { limits: { messagesPer10s: 5 } } });
    const ann = await connect('ann');
    const codes = await Promise.all(
      Array.from({ length: 8 }, async () => (await ann.sendRaw('unwatch', {})).error?.code),
    );
    expect(codes.filter((code) => code === 'rate_limited')).toHaveLength(3);
  });

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

  it('a connection that the server has closed is cut if the client keeps it open', async () => {
    const { url } = await rig();
    const ended = new Promise<void>((resolve) => {
      openRawSocket(
        { port: Number(new URL(url).port), address: 'here' },
        // Socket.IO closes a connection whose messages come before its user has signed in.
        { onOpen: (socket) => socket.send(messagePacket('watch', {})), onEnd: resolve },
      );
    });
    const beganMs = performance.now();
    await ended;
    expect(performance.now() - beganMs).toBeLessThan(10_000);
  });

  it('a user who floods again and again may not connect for a while, and others may', async () => {
    const limits = { messagesPer10s: 50, messagesPer10sOfUser: 250 };
    const { connect } = await rig({ sessions: { limits } });
    for (let flood = 0; flood < 2; flood++) {
      const { socket } = await connect('ann');
      socket.io.reconnection(false);
      const gone = new Promise((resolve) => socket.once('disconnect', resolve));
      for (let i = 0; i < 500; i++) socket.emit('unwatch', {});
      await gone;
    }
    await expect(connect('ann')).rejects.toMatchObject({ data: { code: 'rate_limited' } });
    await connect('bo');
  });

  it('a message counts for all sessions of its user, and once more for each 100 records', async () => {
    const { connect } = await rig({ sessions: { limits: { messagesPer10sOfUser: 20 } } });
    const [ann, twin, bo] = [await connect('ann'), await connect('ann'), await connect('bo')];
    const records = Array.from({ length: 1_000 }, (_, i) => `cities/${i}`);
    expect((await ann.sendRaw('watch', { records })).ok).toBe(true);
    expect((await twin.sendRaw('watch', { records })).ok).toBe(true);
    expect((await ann.sendRaw('unwatch', {})).error?.code).toBe('rate_limited');
    expect((await bo.sendRaw('unwatch', {})).ok).toBe(true);
  });
});
