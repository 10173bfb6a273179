import { CHANNEL_NAMESPACE } from '@rowlock/protocol';
import { until } from '@rowlock/test-utils';
import { io } from 'socket.io-client';
import { describe, expect, it } from 'vitest';
import { gatewayFixture } from '../../../test/fixtures/gatewayFixture.ts';

const { rig } = gatewayFixture();

describe('a refused connection', () => {
  it('P12: a connection without authentication is refused with a reason', async () => {
    const { connect } = await rig();
    await expect(connect('nobody')).rejects.toMatchObject({ data: { code: 'unauthenticated' } });
  });

  it('a connection is refused beyond the limit of its user', async () => {
    const { connect } = await rig({ sessions: { limits: { connectionsOfUser: 2 } } });
    await Promise.all([connect('ann'), connect('bo')]);
    await connect('ann');
    await expect(connect('ann')).rejects.toMatchObject({ data: { code: 'rate_limited' } });
    await connect('bo');
  });

  it('an address may open only so many connections at a time, and more when these have signed in', async () => {
    let asked = 0;
    let answer = () => {};
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const { connect, url } = await rig({
      sessions: { limits: { openHandshakesOfAddress: 2 } },
      async authenticate({ auth: { token } }) {
        asked += 1;
        if (token === 'slow') await answered;
        return { id: String(token), name: String(token) };
      },
    });
    const slow = [connect('slow'), connect('slow')];
    await until(() => asked === 2, { what: 'the handshakes' });
    expect((await fetch(`${url}/socket.io/?EIO=4&transport=polling`)).status).toBe(403);
    answer();
    await Promise.all(slow);
    await connect('ann');
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
