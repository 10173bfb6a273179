/** P15: users who are disconnected, or whose credentials have ended. */
import { CHANNEL_NAMESPACE } from '@rowlock/protocol';
import { startRedis, until } from '@rowlock/test-utils';
import { io } from 'socket.io-client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { acquire, gatewayFixture } from '../../../test/fixtures/gatewayFixture.ts';
import { type Client, newNamespace, type Rig, startRig } from '../../../test/fixtures/rig.ts';
import type { Authenticate } from '../../signIns.ts';

const { rig, server } = gatewayFixture();

/** Accepts every user until they have signed out. */
function signIns() {
  const signedOut = new Set<string>();
  const authenticate: Authenticate = ({ headers, auth }) => {
    const user = headers.authorization?.replace('Bearer ', '') ?? String(auth.token);
    return signedOut.has(user) ? null : { id: user, name: user };
  };
  return { signedOut, authenticate };
}

const ended = (client: Client) => until(() => !client.socket.connected, { what: 'the connection to end' });
const isHeld = async ({ rowlock }: Rig, key: 'cities/1' | 'cities/2') =>
  (await rowlock.locks.check([key])).held.size === 1;

describe('rowlock.sessions.disconnect', () => {
  it('P15: rowlock.sessions.disconnect ends the connections and leases of a user in all processes, and of nobody else', async () => {
    const namespace = newNamespace();
    const { signedOut, authenticate } = signIns();
    const here = await rig({ namespace, authenticate });
    const there = await rig({ namespace, authenticate });
    const [annHere, annThere, bo] = [
      await here.connect('ann'),
      await there.connect('ann'),
      await there.connect('bo'),
    ];
    await acquire(annThere, 'cities/1');
    await acquire(bo, 'cities/2');
    signedOut.add('ann');
    await here.rowlock.sessions.disconnect('ann');
    await Promise.all([ended(annHere), ended(annThere)]);
    for (const { closing } of [annHere, annThere]) {
      expect(closing).toMatchObject([
        { code: 'unauthenticated', message: expect.stringContaining('signed out') },
      ]);
    }
    expect(await isHeld(here, 'cities/1')).toBe(false);
    expect(await isHeld(here, 'cities/2')).toBe(true);
    expect(bo.socket.connected).toBe(true);
    await expect(there.connect('ann')).rejects.toMatchObject({ data: { code: 'unauthenticated' } });
  });

  it('P15: rowlock.sessions.disconnect ends a connection that is being authenticated at that moment', async () => {
    const { signedOut, authenticate } = signIns();
    let isAsked = false;
    let answer = () => {};
    const here = await rig({
      async authenticate(credentials) {
        const actor = await authenticate(credentials);
        if (!isAsked) {
          isAsked = true;
          await new Promise<void>((resolve) => {
            answer = resolve;
          });
        }
        return actor;
      },
    });
    const socket = io(here.url + CHANNEL_NAMESPACE, {
      auth: { token: 'ann' },
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
    });
    onTestFinished(() => void socket.disconnect());
    const gone = new Promise((resolve) => socket.once('disconnect', resolve));
    await until(() => isAsked, { what: 'the handshake' });
    signedOut.add('ann');
    await here.rowlock.sessions.disconnect('ann');
    answer();
    expect(await gone).toBe('io server disconnect');
  });

  it('rowlock.sessions.disconnect ends the lease of a user whose gateway has gone', async () => {
    const namespace = newNamespace();
    const here = await rig({ namespace });
    const there = await startRig(server(), { namespace });
    await acquire(await there.connect('ann'), 'cities/1');
    // Its leases stay, to be resumed elsewhere.
    await there.close();
    expect(await isHeld(here, 'cities/1')).toBe(true);
    await here.rowlock.sessions.disconnect('ann');
    expect(await isHeld(here, 'cities/1')).toBe(false);
  });

  it('rowlock.sessions.disconnect keeps the lease of a guarded request', async () => {
    const here = await rig();
    const { locks } = here.rowlock;
    const holder = {
      type: 'person',
      id: 'request-1',
      label: 'ann',
      actor: { id: 'ann', name: 'Ann' },
    } as const;
    await locks.acquire({ holder, records: ['cities/1'] });
    await here.rowlock.sessions.disconnect('ann');
    expect(await isHeld(here, 'cities/1')).toBe(true);
  });
});

describe('a gateway that was cut off from Redis', () => {
  it('P15: a gateway that was cut off from Redis checks the credentials of its connections again', async () => {
    const redis = await startRedis();
    const { signedOut, authenticate } = signIns();
    const lone = await startRig(redis, { authenticate });
    const [ann, bo] = [await lone.connect('ann'), await lone.connect('bo')];
    const gone = new Promise((resolve) => ann.socket.once('disconnect', resolve));
    await redis.kill();
    signedOut.add('ann');
    await redis.restart();
    await gone;
    await until(() => bo.certainty.at(-1) === true, { what: 'certainty again' });
    expect(bo.socket.connected).toBe(true);
    await lone.close();
    await redis.stop();
  });
});
