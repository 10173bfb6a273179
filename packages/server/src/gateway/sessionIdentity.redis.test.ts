import { SESSION_AUTH_FIELD, SESSION_HEADER } from '@rowlock/protocol';
import { describe, expect, it } from 'vitest';
import { acquire, gatewayFixture } from '../../test/fixtures/gatewayFixture.ts';
import type { Rig } from '../../test/fixtures/rig.ts';

const { rig } = gatewayFixture();
const sessionId = 'the-tab-of-the-test';
const session = `${sessionId}.the-secret-of-the-tab`;

async function put({ url }: Rig, user: string, id: string, session: string) {
  const headers = { authorization: `Bearer ${user}`, [SESSION_HEADER]: session };
  const response = await fetch(`${url}/cities/${id}`, { method: 'PUT', headers });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
const holderOf = async ({ rowlock }: Rig, id: string) =>
  (await rowlock.locks.listHolders([`cities/${id}`])).get(`cities/${id}`)?.[0]?.lease.holder;

describe('the session of a tab', () => {
  it('one header proves all leases of a session, and the rest is locked for the request', async () => {
    const started = await rig();
    const ann = await started.connect('ann', session);
    const leases = [await acquire(ann, 'cities/1'), await acquire(ann, 'cities/2')];
    expect(await holderOf(started, '1')).toMatchObject({ id: sessionId });
    for (const [i, { leaseId }] of leases.entries()) {
      expect(await put(started, 'ann', String(i + 1), session)).toMatchObject({
        status: 200,
        body: { leaseId },
      });
    }
    expect((await put(started, 'ann', '3', session)).status).toBe(200);
  });

  it('a session that holds nothing is no error', async () => {
    const started = await rig();
    expect((await put(started, 'ann', '1', session)).status).toBe(200);
    const bo = await started.connect('bo');
    await acquire(bo, 'cities/1');
    expect(await put(started, 'ann', '1', session)).toMatchObject({
      status: 409,
      body: { code: 'conflict' },
    });
  });

  it('P4: a session is refused to another user, and to a client with another secret', async () => {
    const started = await rig();
    const ann = await started.connect('ann', session);
    await acquire(ann, 'cities/1');
    const forged = `${sessionId}.${'f'.repeat(24)}`;
    for (const [user, sent] of [
      ['bo', session],
      ['ann', forged],
    ] as const) {
      expect(await put(started, user, '1', sent)).toMatchObject({
        status: 409,
        body: { code: 'lease_lost' },
      });
    }
    const other = await started.connect('ann', forged);
    expect(await other.send('acquire', { records: ['cities/2'] })).toMatchObject({
      ok: false,
      error: { code: 'forbidden' },
    });
    expect(await put(started, 'ann', '1', 'malformed')).toMatchObject({ status: 400 });
  });

  it('a tab has the same session after a reconnect, and its leases are proven in between', async () => {
    const started = await rig();
    const before = await started.connect('ann', session);
    const lease = await acquire(before, 'cities/1');
    before.socket.disconnect();
    expect((await put(started, 'ann', '1', session)).status).toBe(200);
    const after = await started.connect('ann', session);
    expect(await after.send('resume', lease)).toMatchObject({ ok: true, lease: { id: lease.leaseId } });
    expect(await holderOf(started, '1')).toMatchObject({ id: sessionId });
    expect((await put(started, 'ann', '1', session)).status).toBe(200);
  });

  it('a user who signs in on the tab of another one gets its rows at once, and the one before loses them', async () => {
    const started = await rig();
    const ann = await started.connect('ann', session);
    await acquire(ann, 'cities/1');
    ann.socket.disconnect();
    const bo = await started.connect('bo', session);
    await acquire(bo, 'cities/1');
    expect(await holderOf(started, '1')).toMatchObject({ actor: { id: 'bo' } });
    expect((await put(started, 'bo', '1', session)).status).toBe(200);
    expect((await put(started, 'ann', '1', session)).status).toBe(409);
  });

  it('a malformed session is refused before anybody is asked who signs in', async () => {
    const asked: unknown[] = [];
    const started = await rig({
      authenticate({ auth }) {
        asked.push(auth);
        return { id: 'ann', name: 'Ann' };
      },
    });
    await expect(started.connect('ann', 'malformed')).rejects.toMatchObject({
      data: { code: 'bad_request' },
    });
    expect(asked).toEqual([]);
    await started.connect('ann', session);
    expect(asked[0]).toEqual({ token: 'ann' });
    expect(JSON.stringify(asked)).not.toContain(SESSION_AUTH_FIELD);
  });
});
