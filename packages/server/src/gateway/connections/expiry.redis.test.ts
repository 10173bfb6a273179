/** P15: credentials with an end, which `authenticate` names by `expiresAt`. */
import { until } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import { acquire, gatewayFixture } from '../../../test/fixtures/gatewayFixture.ts';
import type { Client, Rig } from '../../../test/fixtures/rig.ts';
import type { Authenticate } from '../../signIns.ts';

const { rig } = gatewayFixture();

/** Tokens such as `ann for 500`: the user, and for how many ms the server accepts them. */
const withTerm: Authenticate = ({ auth, headers }) => {
  const token = headers.authorization?.replace('Bearer ', '') ?? String(auth.token);
  const [id = '', , termMs] = token.split(' ');
  return { id, name: id, ...(termMs !== undefined && { expiresAt: Date.now() + Number(termMs) }) };
};

const ended = (client: Client) => until(() => !client.socket.connected, { what: 'the connection to end' });
const isHeld = async ({ rowlock }: Rig, key: 'cities/1') =>
  (await rowlock.locks.check([key])).held.size === 1;

describe('credentials that expire', () => {
  it('P15: a connection ends when its credentials expire, and the reason is unauthenticated', async () => {
    const here = await rig({ authenticate: withTerm });
    const [ann, bo] = [await here.connect('ann for 400'), await here.connect('bo')];
    await ended(ann);
    expect(ann.closing).toEqual([
      { code: 'unauthenticated', message: 'Your sign-in has expired. Sign in again to continue.' },
    ]);
    expect(bo.socket.connected).toBe(true);
  });

  it('P15: the leases of a session whose credentials expire end after the disconnect grace', async () => {
    const here = await rig({ authenticate: withTerm, sessions: { disconnectGraceMs: 100 } });
    const ann = await here.connect('ann for 400');
    await acquire(ann, 'cities/1');
    await ended(ann);
    await until(async () => !(await isHeld(here, 'cities/1')), { what: 'the free record' });
  });

  it('a session keeps its lease if it connects with fresh credentials within the disconnect grace', async () => {
    const here = await rig({ authenticate: withTerm });
    const ann = await here.connect('ann for 400');
    const leaseSecret = await acquire(ann, 'cities/1');
    await ended(ann);
    const again = await here.connect('ann for 60000');
    expect(await again.send('resume', leaseSecret)).toMatchObject({ ok: true, records: ['cities/1'] });
    expect(await isHeld(here, 'cities/1')).toBe(true);
  });

  it('credentials that have expired are refused by the live channel and by the routes', async () => {
    const here = await rig({ authenticate: withTerm });
    await expect(here.connect('ann for -1')).rejects.toMatchObject({ data: { code: 'unauthenticated' } });
    const headers = { authorization: 'Bearer ann for -1' };
    expect((await here.fetch('/rowlock/tasks', { headers })).status).toBe(401);
    expect((await here.fetch('/cities/1', { method: 'PUT', headers })).status).toBe(401);
  });

  it('an expiresAt in seconds refuses everybody, and the log says what is wrong', async () => {
    const here = await rig({ authenticate: () => ({ id: 'ann', name: 'Ann', expiresAt: 1_900_000_000 }) });
    await expect(here.connect('ann')).rejects.toMatchObject({ data: { code: 'internal' } });
    expect(here.logged.join()).toContain('multiply it by 1,000');
  });
});
