/** Clients without a live connection acquire, renew, extend and release leases over HTTP. */
import { SESSION_HEADER } from '@rowlock/protocol';
import { until } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import { FACES } from '../../test/fixtures/faces.ts';
import { acquire as acquireLive, gatewayFixture } from '../../test/fixtures/gatewayFixture.ts';
import type { Rig, RigOptions } from '../../test/fixtures/rig.ts';

const { rig } = gatewayFixture();

const sessionOf = (user: string) => `session-of-${user}-0001.the-secret-of-${user}`;

function clientOf({ fetch }: Rig, user: string, session: string | null = sessionOf(user)) {
  const send = async (method: string, path: string, body?: object) => {
    const response = await fetch(`/rowlock${path}`, {
      method,
      headers: { authorization: `Bearer ${user}`, ...(session !== null && { [SESSION_HEADER]: session }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    expect(response.headers.get('cache-control')).toBe('no-store');
    return { status: response.status, body: JSON.parse(await response.text()) };
  };
  return {
    get: (path: string) => send('GET', path),
    post: (path: string, body: object = {}) => send('POST', path, body),
  };
}

describe.each(FACES)('%s: the routes of leases', (face) => {
  async function open(options: RigOptions = {}) {
    const opened = await rig({ face, ...options });
    return { ...opened, ann: clientOf(opened, 'ann'), bo: clientOf(opened, 'bo') };
  }

  it('a client acquires a lease, reads, renews, extends and releases it', async () => {
    const { rowlock, ann } = await open();
    const { status, body } = await ann.post('/leases', { records: ['cities/1'], label: 'A script' });
    expect({ status, body }).toMatchObject({
      status: 201,
      body: { lease: { ttlMs: 15_000, recordCount: 1 }, records: ['cities/1'], conflicts: [] },
    });
    const { id, secret, fence } = body.lease;
    expect(await ann.get(`/leases/${id}`)).toMatchObject({
      status: 200,
      body: {
        lease: { id, holder: { type: 'person', id: 'session-of-ann-0001', label: 'A script' } },
        isWaiting: false,
        records: ['cities/1'],
      },
    });
    expect((await ann.post(`/leases/${id}/renew`, { secret })).body).toEqual({ lease: body.lease });
    const extended = await ann.post(`/leases/${id}/extend`, { secret, records: ['cities/2'] });
    expect(extended).toMatchObject({
      status: 200,
      body: { lease: { recordCount: 2 }, records: ['cities/2'] },
    });
    expect(BigInt(extended.body.lease.fence)).toBeGreaterThan(BigInt(fence));
    expect((await ann.post(`/leases/${id}/release`, { secret, records: ['cities/1'] })).body).toEqual({
      recordCount: 1,
    });
    expect([...(await rowlock.locks.check(['cities/1', 'cities/2'])).held.keys()]).toEqual(['cities/2']);
    expect((await ann.post(`/leases/${id}/release`, { secret })).body).toEqual({ recordCount: 0 });
    expect((await rowlock.locks.check(['cities/2'])).held.size).toBe(0);
    expect(await ann.post(`/leases/${id}/renew`, { secret })).toMatchObject({
      status: 409,
      body: { code: 'lease_lost' },
    });
  });

  it('P1: a request for blocked records is refused with the conflicts, or skips them', async () => {
    const { connect, ann, bo } = await open();
    const { leaseId } = await acquireLive(await connect('cy'), 'cities/1');
    const refused = await ann.post('/leases', { records: ['cities/1', 'cities/2'] });
    expect(refused).toMatchObject({
      status: 409,
      body: { code: 'conflict', conflicts: [{ lease: { id: leaseId }, records: ['cities/1'] }] },
    });
    expect(await bo.post('/leases', { records: ['cities/1', 'cities/2'], onConflict: 'skip' })).toMatchObject(
      {
        status: 201,
        body: { lease: { recordCount: 1 }, records: ['cities/2'], conflicts: [{ lease: { id: leaseId } }] },
      },
    );
  });

  it('a client that waits renews its position, and gets the records when they are free', async () => {
    const { ann, bo } = await open();
    const first = (await ann.post('/leases', { records: ['cities/1'] })).body.lease;
    const { status, body } = await bo.post('/leases', { records: ['cities/1'], onConflict: 'wait' });
    expect({ status, body }).toMatchObject({
      status: 202,
      body: { waiting: { position: 1, recordCount: 1 }, conflicts: [{ lease: { id: first.id } }] },
    });
    const { id, secret } = body.waiting;
    expect((await bo.post(`/leases/${id}/renew`, { secret })).body).toMatchObject({
      waiting: { position: 1 },
    });
    expect((await bo.get(`/leases/${id}`)).body).toMatchObject({ isWaiting: true, records: ['cities/1'] });
    expect(await bo.post(`/leases/${id}/extend`, { secret, records: ['cities/2'] })).toMatchObject({
      status: 400,
    });
    await ann.post(`/leases/${first.id}/release`, { secret: first.secret });
    await until(async () => (await bo.post(`/leases/${id}/renew`, { secret })).body.lease !== undefined);
    expect((await bo.get(`/leases/${id}`)).body).toMatchObject({ isWaiting: false, records: ['cities/1'] });
  });

  it('a client leaves the wait list, and the next one gets the records', async () => {
    const { rowlock, ann, bo } = await open();
    const first = (await ann.post('/leases', { records: ['cities/1'] })).body.lease;
    const { waiting } = (await bo.post('/leases', { records: ['cities/1'], onConflict: 'wait' })).body;
    expect(await bo.post(`/leases/${waiting.id}/release`, { secret: waiting.secret })).toMatchObject({
      status: 200,
      body: { recordCount: 0 },
    });
    await ann.post(`/leases/${first.id}/release`, { secret: first.secret });
    expect((await rowlock.locks.check(['cities/1'])).held.size).toBe(0);
  });

  it('P4: neither a forged secret, nor another user, nor another session acts on a lease', async () => {
    const { ann, bo, ...opened } = await open();
    const { id, secret } = (await ann.post('/leases', { records: ['cities/1'] })).body.lease;
    const forged = 'f'.repeat(24);
    for (const [client, given] of [[ann, forged] as const, [bo, secret] as const]) {
      for (const verb of ['renew', 'release']) {
        expect(await client.post(`/leases/${id}/${verb}`, { secret: given }), verb).toMatchObject({
          status: 409,
          body: { code: 'lease_lost' },
        });
      }
      expect(
        await client.post(`/leases/${id}/extend`, { secret: given, records: ['cities/2'] }),
      ).toMatchObject({
        body: { code: 'lease_lost' },
      });
    }
    const other = clientOf(opened, 'ann', 'another-session-of-ann.another-secret-of-ann');
    const guessed = clientOf(opened, 'ann', 'session-of-ann-0001.a-guess-of-her-secret');
    expect(await bo.get(`/leases/${id}`)).toMatchObject({ body: { code: 'forbidden' } });
    expect(await other.get(`/leases/${id}`)).toMatchObject({ body: { code: 'forbidden' } });
    expect(await guessed.get(`/leases/${id}`)).toMatchObject({ body: { code: 'forbidden' } });
    expect(await guessed.post('/leases', { records: ['cities/3'] })).toMatchObject({
      status: 403,
      body: { code: 'forbidden' },
    });
    expect((await ann.post(`/leases/${id}/renew`, { secret })).status).toBe(200);
  });

  it('P12: a user who may not acquire the records is refused, also when the lease is extended', async () => {
    const { ann, ...opened } = await open({
      authorize: ({ actor, action, records }) =>
        action !== 'acquire' || (actor.id === 'ann' && !records?.includes('cities/9')),
    });
    const { id, secret } = (await ann.post('/leases', { records: ['cities/1'] })).body.lease;
    expect(await ann.post('/leases', { records: ['cities/9'] })).toMatchObject({ status: 403 });
    expect(await ann.post(`/leases/${id}/extend`, { secret, records: ['cities/9'] })).toMatchObject({
      status: 403,
    });
    expect(await clientOf(opened, 'bo').post('/leases', { records: ['cities/2'] })).toMatchObject({
      status: 403,
    });
  });

  it('P12: records are taken over by permission alone, and the loser learns by whom and why', async () => {
    const { connect, ann, bo } = await open({
      authorize: ({ actor, action }) => action !== 'takeOver' || actor.id === 'ann',
    });
    const cy = await connect('cy');
    const { leaseId } = await acquireLive(cy, 'cities/1');
    const asked = { records: ['cities/1'], reason: 'Urgent' };
    expect(await bo.post('/leases/take-over', asked)).toMatchObject({ status: 403 });
    expect(await ann.post('/leases/take-over', asked)).toMatchObject({
      status: 201,
      body: { lease: { recordCount: 1 } },
    });
    await until(() => cy.lost.length === 1);
    expect(cy.lost).toEqual([
      { leaseId, reason: 'taken over', by: { id: 'ann', name: 'ann' }, why: 'Urgent' },
    ]);
  });

  it('a malformed request, too many records and too many leases are refused in words', async () => {
    const { ann, ...opened } = await open({ sessions: { limits: { acquiredRecords: 2, heldLeases: 1 } } });
    const records = ['cities/1', 'cities/2', 'cities/3'];
    expect(await ann.post('/leases', { records })).toMatchObject({
      status: 413,
      body: { code: 'too_many_records' },
    });
    expect(await ann.post('/leases', { records: ['planets/1'] })).toMatchObject({
      body: { code: 'unknown_resource' },
    });
    expect(await ann.post('/leases', { records: [] })).toMatchObject({ status: 400 });
    expect(await ann.post('/leases', { records: ['cities/1'], ttlMs: 1 })).toMatchObject({ status: 400 });
    expect(await clientOf(opened, 'ann', null).post('/leases', { records: ['cities/1'] })).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining(SESSION_HEADER) },
    });
    const { id, secret } = (await ann.post('/leases', { records: ['cities/1', 'cities/2'] })).body.lease;
    expect(await ann.post('/leases', { records: ['cities/3'] })).toMatchObject({
      status: 429,
      body: { code: 'rate_limited' },
    });
    expect(await ann.post(`/leases/${id}/extend`, { secret, records: ['cities/3'] })).toMatchObject({
      status: 413,
    });
  });
});

it('a client that does not renew its lease loses it, and one that renews keeps it', async () => {
  const opened = await rig();
  const [ann, bo] = [clientOf(opened, 'ann'), clientOf(opened, 'bo')];
  const kept = (await ann.post('/leases', { records: ['cities/1'] })).body.lease;
  await bo.post('/leases', { records: ['cities/2'] });
  await until(
    async () => {
      expect((await ann.post(`/leases/${kept.id}/renew`, { secret: kept.secret })).status).toBe(200);
      return (await opened.rowlock.locks.check(['cities/2'])).held.size === 0;
    },
    { what: 'the end of the lease that nobody renews', timeoutMs: 30_000, intervalMs: 500 },
  );
  expect((await opened.rowlock.locks.check(['cities/1'])).held.size).toBe(1);
}, 40_000);

it('a lease of a session proves guarded writes by the header of the session', async () => {
  const opened = await rig();
  await clientOf(opened, 'ann').post('/leases', { records: ['cities/1'] });
  const write = (user: string) =>
    opened.fetch('/cities/1', {
      method: 'PUT',
      headers: { authorization: `Bearer ${user}`, [SESSION_HEADER]: sessionOf(user) },
    });
  expect((await write('ann')).status).toBe(200);
  expect((await write('bo')).status).toBe(409);
});
