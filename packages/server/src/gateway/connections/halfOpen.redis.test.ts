/** A tab whose network drops everything without a word. */
import { CHANNEL_NAMESPACE } from '@rowlock/protocol';
import { startProxy, until } from '@rowlock/test-utils';
import { io } from 'socket.io-client';
import { expect, it, onTestFinished } from 'vitest';
import { acquire, gatewayFixture, sees, watch } from '../../../test/fixtures/gatewayFixture.ts';
import type { Rig } from '../../../test/fixtures/rig.ts';

const { rig } = gatewayFixture();

async function holdBehindProxy({ url }: Rig) {
  const proxy = await startProxy(Number(new URL(url).port));
  const socket = io(`http://127.0.0.1:${proxy.port}${CHANNEL_NAMESPACE}`, {
    auth: { token: 'ann' },
    transports: ['websocket'],
    reconnection: false,
    forceNew: true,
  });
  onTestFinished(async () => {
    socket.disconnect();
    await proxy.close();
  });
  await new Promise((resolve) => socket.once('hello', resolve));
  const held = await socket.emitWithAck('acquire', { records: ['cities/1'] });
  expect(held).toMatchObject({ ok: true });
  return proxy;
}

it('P8: a half-open connection frees its rows within 20 s, and not before a page stops showing them as held', {
  timeout: 40_000,
}, async () => {
  const here = await rig();
  const bo = await here.connect('bo');
  await watch(bo, 'cities/1');
  const proxy = await holdBehindProxy(here);
  await sees(bo, 'cities/1', 1);
  proxy.dropToServer();
  proxy.dropToClient();
  const cutAtMs = performance.now();
  await until(() => bo.changes.at(-1)?.records['cities/1']?.length === 0, {
    what: 'the row to be free',
    timeoutMs: 30_000,
  });
  const freedAfterMs = performance.now() - cutAtMs;
  expect(freedAfterMs).toBeGreaterThan(10_000);
  expect(freedAfterMs).toBeLessThan(20_000);
  await acquire(bo, 'cities/1');
});

it('A tab that sends nothing by itself keeps its lease while its network answers pings', {
  timeout: 40_000,
}, async () => {
  const here = await rig({ sessions: { disconnectGraceMs: 100 } });
  const bo = await here.connect('bo');
  await watch(bo, 'cities/1');
  const proxy = await holdBehindProxy(here);
  await sees(bo, 'cities/1', 1);
  // More pings than a silent connection survives
  const pongs = () => proxy.counts().toServer.bytes;
  let seen = pongs();
  for (let pong = 0; pong < 5; pong++) {
    await until(() => pongs() > seen, { what: 'a pong', timeoutMs: 10_000 });
    seen = pongs();
  }
  expect(bo.changes.at(-1)?.records['cities/1']).toHaveLength(1);
});
