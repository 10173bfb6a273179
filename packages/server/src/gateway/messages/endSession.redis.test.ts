/** A user signs out: the session of the tab ends, by the live channel or by HTTP. */
import { SESSION_HEADER } from '@rowlock/protocol';
import { until } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import { acquire, gatewayFixture } from '../../../test/fixtures/gatewayFixture.ts';
import { type Client, newNamespace, type Rig } from '../../../test/fixtures/rig.ts';

const { rig } = gatewayFixture();
const session = 'the-tab-of-the-test.the-secret-of-the-tab';

const gone = ({ socket }: Client) => until(() => !socket.connected, { what: 'the end of the connection' });
const isHeld = async ({ rowlock }: Rig, key: 'cities/1' | 'cities/2') =>
  (await rowlock.locks.check([key])).held.size === 1;
const endOverHttp = (started: Rig, headers: Record<string, string>) =>
  started.fetch('/rowlock/session/end', { method: 'POST', headers });
const write = (started: Rig, user: string, sent: string) =>
  started.fetch('/cities/1', {
    method: 'PUT',
    headers: { authorization: `Bearer ${user}`, [SESSION_HEADER]: sent },
  });

describe('endSession', () => {
  it('endSession ends all leases of the session, and then its connection', async () => {
    const started = await rig();
    const [ann, other] = [await started.connect('ann', session), await started.connect('ann')];
    await acquire(ann, 'cities/1');
    await acquire(other, 'cities/2');
    ann.socket.io.reconnection(false);
    expect(await ann.send('endSession', {})).toEqual({ ok: true });
    expect(await isHeld(started, 'cities/1')).toBe(false);
    await gone(ann);
    expect(await isHeld(started, 'cities/2')).toBe(true);
    expect(other.socket.connected).toBe(true);
  });

  it('P4: the secret of an ended session proves nothing, and nobody continues the session', async () => {
    const started = await rig();
    const ann = await started.connect('ann', session);
    await acquire(ann, 'cities/1');
    const copy = await started.connect('ann', session);
    copy.socket.io.reconnection(false);
    await ann.send('endSession', {});
    // The end of the session ends its connections, also one that begins at that moment.
    await gone(copy);
    const refused = await write(started, 'ann', session);
    expect([refused.status, await refused.json()]).toMatchObject([409, { code: 'lease_lost' }]);
    for (const user of ['ann', 'bo']) {
      const again = await started.connect(user, session);
      expect(await again.send('acquire', { records: ['cities/1'] })).toMatchObject({
        ok: false,
        error: { code: 'forbidden' },
      });
    }
  });

  it('a lease that is acquired just before endSession ends with the session', async () => {
    const started = await rig();
    const ann = await started.connect('ann', session);
    const acquired = ann.send('acquire', { records: ['cities/1'] });
    const ended = ann.send('endSession', {});
    expect([await acquired, await ended]).toMatchObject([{ ok: true }, { ok: true }]);
    expect(await isHeld(started, 'cities/1')).toBe(false);
  });

  it('endSession of a client without a session of its own ends the leases of its connection', async () => {
    const started = await rig();
    const script = await started.connect('ann');
    await acquire(script, 'cities/1');
    expect(await script.send('endSession', {})).toEqual({ ok: true });
    expect(await isHeld(started, 'cities/1')).toBe(false);
  });

  it('endSession ends the leases and the connections of the session in every process', async () => {
    const namespace = newNamespace();
    const [here, there] = [await rig({ namespace }), await rig({ namespace })];
    const before = await there.connect('ann', session);
    await acquire(before, 'cities/1');
    const ann = await here.connect('ann', session);
    await ann.send('endSession', {});
    expect(await isHeld(here, 'cities/1')).toBe(false);
    await gone(before);
    expect(before.lost).toMatchObject([{ reason: 'signed out' }]);
  });

  it('the tab of a user who has signed out is free for the next user at once', async () => {
    const started = await rig();
    const ann = await started.connect('ann', session);
    await acquire(ann, 'cities/1');
    await ann.send('endSession', {});
    const bo = await started.connect('bo', 'another-tab-of-the-test.the-secret-of-the-tab');
    await acquire(bo, 'cities/1');
  });
});

describe('POST /session/end', () => {
  it('the header ends the session, also after its user has signed out', async () => {
    const started = await rig();
    const ann = await started.connect('ann', session);
    await acquire(ann, 'cities/1');
    expect((await endOverHttp(started, { [SESSION_HEADER]: session })).status).toBe(204);
    expect(await isHeld(started, 'cities/1')).toBe(false);
    await gone(ann);
    // The answer was lost, and the client asks again.
    expect((await endOverHttp(started, { [SESSION_HEADER]: session })).status).toBe(204);
  });

  it('another secret, a malformed header and none are refused, and an unknown session is no error', async () => {
    const started = await rig();
    const ann = await started.connect('ann', session);
    await acquire(ann, 'cities/1');
    const forged = `the-tab-of-the-test.${'f'.repeat(24)}`;
    const statusOf = async (headers: Record<string, string>) => (await endOverHttp(started, headers)).status;
    expect(await statusOf({ [SESSION_HEADER]: forged })).toBe(403);
    expect(await statusOf({ [SESSION_HEADER]: 'malformed' })).toBe(400);
    expect(await statusOf({})).toBe(400);
    expect(await statusOf({ [SESSION_HEADER]: `an-unknown-session-id.${'f'.repeat(24)}` })).toBe(204);
    expect(await isHeld(started, 'cities/1')).toBe(true);
  });

  it('P14: a page of a foreign origin ends no session', async () => {
    const started = await rig();
    const ann = await started.connect('ann', session);
    await acquire(ann, 'cities/1');
    const response = await endOverHttp(started, {
      [SESSION_HEADER]: session,
      origin: 'https://evil.example',
    });
    expect(response.status).toBe(403);
    expect(await isHeld(started, 'cities/1')).toBe(true);
  });
});
