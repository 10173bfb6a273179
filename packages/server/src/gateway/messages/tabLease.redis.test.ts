import { until } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import { acquire, gatewayFixture, sees, watch } from '../../../test/fixtures/gatewayFixture.ts';
import { leasesOn } from '../../../test/fixtures/rig.ts';

const { rig } = gatewayFixture();

describe('a tab that holds a lease', () => {
  it('P1: a session is refused blocked records, with all data that a modal needs', async () => {
    const { connect } = await rig();
    const [ann, bo] = [await connect('ann'), await connect('bo')];
    await acquire(ann, 'cities/1');
    const ack = await bo.send('acquire', { records: ['cities/1', 'cities/2'] });
    expect(ack).toMatchObject({
      ok: false,
      error: {
        code: 'conflict',
        conflicts: [{ recordCount: 1, records: ['cities/1'], lease: { holder: { actor: { name: 'ann' } } } }],
      },
    });
    const view = await watch(bo, 'cities/2');
    expect(view.records['cities/2']).toEqual([]);
  });

  it('P12: a user who may only watch cannot acquire', async () => {
    const { connect } = await rig();
    const viewer = await connect('viewer');
    await watch(viewer, 'cities/1');
    expect((await viewer.sendRaw('acquire', { records: ['cities/1'] })).error).toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('viewer may not acquire cities/1'),
    });
  });

  it('a session keeps its lease over a reload that resumes it within the disconnect grace', async () => {
    const { connect } = await rig({ sessions: { disconnectGraceMs: 1_500 } });
    const [ann, bo] = [await connect('ann'), await connect('bo')];
    await watch(bo, 'cities/1');
    const leaseSecret = await acquire(ann, 'cities/1');
    ann.socket.disconnect();
    const again = await connect('ann');
    const ack = await again.send('resume', leaseSecret);
    expect(ack).toMatchObject({ ok: true, records: ['cities/1'] });
    // After longer than the disconnect grace it is still held: the planned end of the lease was cancelled.
    const untilMs = performance.now() + 2_500;
    await until(() => performance.now() > untilMs || leasesOn(bo, 'cities/1')?.length === 0);
    expect(leasesOn(bo, 'cities/1')).toEqual([leaseSecret.leaseId]);
  });

  it('a session whose answer was lost resumes its lease by the secret that it chose itself', async () => {
    const { connect } = await rig();
    const ann = await connect('ann');
    const leaseSecret = await acquire(ann, 'cities/1');
    const nextSecret = 'n'.repeat(24);
    expect(await ann.send('resume', { ...leaseSecret, nextSecret })).toMatchObject({ ok: true });
    expect(await ann.send('resume', { ...leaseSecret, nextSecret })).toMatchObject({
      ok: true,
      lease: { secret: nextSecret },
    });
    expect(await ann.send('resume', { ...leaseSecret })).toMatchObject({
      ok: false,
      error: { code: 'lease_lost' },
    });
  });

  it('a closed tab frees its records within the disconnect grace', async () => {
    const { connect } = await rig({ sessions: { disconnectGraceMs: 300 } });
    const [ann, bo] = [await connect('ann'), await connect('bo')];
    await watch(bo, 'cities/1');
    await acquire(ann, 'cities/1');
    await sees(bo, 'cities/1', 1);
    ann.socket.disconnect();
    await sees(bo, 'cities/1', 0);
  });

  it('a closed tab frees its records within the disconnect grace, even after a write under its lease', async () => {
    const { connect, url } = await rig({ sessions: { disconnectGraceMs: 300 } });
    const [ann, bo] = [await connect('ann'), await connect('bo')];
    await watch(bo, 'cities/1');
    const { leaseId, secret } = await acquire(ann, 'cities/1');
    await sees(bo, 'cities/1', 1);
    const headers = { authorization: 'Bearer ann', 'rowlock-lease': `${leaseId}.${secret}` };
    const written = await fetch(`${url}/cities/1`, { method: 'PUT', headers });
    expect(written.status).toBe(200);
    ann.socket.disconnect();
    await sees(bo, 'cities/1', 0);
  });

  it('P12: a session cannot resume its lease if its user lost the permission, and its row is freed', async () => {
    let mayAcquire = true;
    const { connect } = await rig({
      sessions: { disconnectGraceMs: 500 },
      authorize: ({ action, records }) =>
        action !== 'acquire' || (mayAcquire && records?.join() === 'cities/1'),
    });
    const [ann, bo] = [await connect('ann'), await connect('bo')];
    await watch(bo, 'cities/1');
    const leaseSecret = await acquire(ann, 'cities/1');
    await sees(bo, 'cities/1', 1);
    mayAcquire = false;
    ann.socket.disconnect();
    const again = await connect('ann');
    expect(await again.send('resume', leaseSecret)).toMatchObject({
      ok: false,
      error: { code: 'forbidden' },
    });
    await sees(bo, 'cities/1', 0);
  });

  it('a session resumes its lease by the next message if authorize threw at the first', async () => {
    let failures = 0;
    const { connect } = await rig({
      authorize: () => {
        if (failures-- > 0) throw new Error('The database is away');
        return true;
      },
    });
    const leaseSecret = await acquire(await connect('ann'), 'cities/1');
    const again = await connect('ann');
    failures = 1;
    expect(await again.send('resume', leaseSecret)).toMatchObject({ ok: false, error: { code: 'internal' } });
    expect(await again.send('resume', leaseSecret)).toMatchObject({ ok: true, records: ['cities/1'] });
  });

  it('P12: a lease is resumed by its own actor only, even if another user knows its secret', async () => {
    const { connect } = await rig();
    const [ann, bo] = [await connect('ann'), await connect('bo')];
    const leaseSecret = await acquire(ann, 'cities/1');
    expect(await bo.send('resume', leaseSecret)).toMatchObject({ ok: false, error: { code: 'lease_lost' } });
    expect(await ann.send('resume', leaseSecret)).toMatchObject({ ok: true });
  });

  it('a session is notified when another session takes its records over', async () => {
    const { connect } = await rig();
    const [ann, twin] = [await connect('ann'), await connect('ann')];
    const leaseSecret = await acquire(ann, 'cities/1');
    await twin.send('resume', leaseSecret);
    await until(() => ann.lost.length === 1);
    expect(ann.lost).toEqual([{ leaseId: leaseSecret.leaseId, reason: 'resumed elsewhere' }]);
  });

  it('P4: a session learns how old the last renewal of each of its own leases is', async () => {
    const { connect } = await rig();
    const [ann, bo] = [await connect('ann'), await connect('bo')];
    const { leaseId } = await acquire(ann, 'cities/1');
    expect(await ann.send('confirm', {})).toEqual({
      ok: true,
      leases: [{ leaseId, ageMs: expect.any(Number) }],
    });
    expect(await bo.send('confirm', {})).toEqual({ ok: true, leases: [] });
    const ageMs = async () => {
      const answer = await ann.send('confirm', {});
      return answer.ok ? answer.leases[0]!.ageMs : 0;
    };
    // It grows until the server renews, which it does every 5 s. An age since the tab got the lease would only grow.
    const ages: number[] = [];
    await until(async () => ages.push(await ageMs()) > 1 && ages.at(-1)! < ages.at(-2)!, {
      what: 'a renewal',
      timeoutMs: 15_000,
    });
  });

  it('P4: a session cannot act with a forged secret, and nobody else is affected', async () => {
    const { connect, logged } = await rig();
    const [ann, bo] = [await connect('ann'), await connect('bo')];
    const { leaseId } = await acquire(ann, 'cities/1');
    const forged = { leaseId, secret: 'f'.repeat(24) };
    for (const name of ['release', 'resume', 'release'] as const) {
      expect(await bo.send(name, forged)).toMatchObject({ ok: false, error: { code: 'lease_lost' } });
    }
    expect((await watch(bo, 'cities/1')).records['cities/1']).toEqual([leaseId]);
    expect(logged.filter((line) => line.includes('"release"'))).toHaveLength(1);
  });
});

describe('a forged release', () => {
  it('P4: a forged release changes nothing: the server continues to renew the lease for its owner', async () => {
    const { connect } = await rig();
    const [ann, bo] = [await connect('ann'), await connect('bo')];
    const leaseSecret = await acquire(ann, 'cities/1');
    const forged = { leaseId: leaseSecret.leaseId, secret: 'f'.repeat(24) };
    expect(await bo.send('release', forged)).toMatchObject({ ok: false, error: { code: 'lease_lost' } });
    // Only a server that still counts the lease as this session's can notify it of the takeover.
    await (await connect('ann')).send('resume', leaseSecret);
    await until(() => ann.lost.length === 1, { what: 'the word of the takeover' });
  });
});
