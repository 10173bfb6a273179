/** The rule for a second tab of the same user. */
import { type ErrorBody, SESSION_HEADER } from '@rowlock/protocol';
import { until } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import { acquire, gatewayFixture } from '../../../test/fixtures/gatewayFixture.ts';
import { type Client, newNamespace } from '../../../test/fixtures/rig.ts';

const { rig } = gatewayFixture();
const isLost = ({ lost }: Client) => until(() => lost.length > 0, { what: 'the lost lease' });

async function refusalOf(tab: Client, ...records: `cities/${string}`[]): Promise<ErrorBody> {
  const answer = await tab.send('acquire', { records });
  if (answer.ok) throw new Error('The records were acquired.');
  return answer.error;
}

describe('sameUser: separate', () => {
  it('P3: a refusal says that the holder is the same user in another tab', async () => {
    const started = await rig();
    const [ann, again, bo] = [
      await started.connect('ann'),
      await started.connect('ann'),
      await started.connect('bo'),
    ];
    await acquire(ann, 'cities/1');
    const own = await refusalOf(again, 'cities/1');
    expect(own).toMatchObject({ code: 'conflict', conflicts: [{ isSameUser: true }] });
    expect(own.message).toContain('cities/1 is held by you, in another tab ("Edit")');
    const others = await refusalOf(bo, 'cities/1');
    expect(others.conflicts).toHaveLength(1);
    expect(others.conflicts![0]).not.toHaveProperty('isSameUser');
  });
});

describe('sameUser: share', () => {
  const sessions = { sameUser: 'share' } as const;
  const sessionOf = (tab: string) => `${tab}-tab-of-the-test.the-secret-of-the-tab`;

  it('P1: two tabs of a user hold a record and may both write, and nobody else does', async () => {
    const namespace = newNamespace();
    const [here, there] = [await rig({ namespace, sessions }), await rig({ namespace, sessions })];
    const tabs = [
      await here.connect('ann', sessionOf('first')),
      await there.connect('ann', sessionOf('other')),
    ];
    for (const tab of tabs) await acquire(tab, 'cities/1');
    const fences: bigint[] = [];
    for (const tab of ['first', 'other', 'first']) {
      const headers = { authorization: 'Bearer ann', [SESSION_HEADER]: sessionOf(tab) };
      const response = await here.fetch('/cities/1', { method: 'PUT', headers });
      expect(response.status).toBe(200);
      fences.push(BigInt(((await response.json()) as { fence: string }).fence));
    }
    // A row refuses a fence below its last.
    expect(fences.toSorted((a, b) => Number(a - b))).toEqual(fences);
    const bo = await here.connect('bo');
    expect((await refusalOf(bo, 'cities/1')).conflicts).toHaveLength(2);
    const written = await here.fetch('/cities/1', { method: 'PUT', headers: { authorization: 'Bearer bo' } });
    expect(written.status).toBe(409);
  });

  it('the record is free when both tabs have released it', async () => {
    const started = await rig({ sessions });
    const [first, second, bo] = [
      await started.connect('ann'),
      await started.connect('ann'),
      await started.connect('bo'),
    ];
    const secrets = [await acquire(first, 'cities/1'), await acquire(second, 'cities/1')];
    await first.send('release', secrets[0]!);
    await refusalOf(bo, 'cities/1');
    await second.send('release', secrets[1]!);
    await acquire(bo, 'cities/1');
  });

  it('a tab resumes its own lease, and the other tab keeps its lease', async () => {
    const namespace = newNamespace();
    const [here, there] = [await rig({ namespace, sessions }), await rig({ namespace, sessions })];
    const [first, second] = [
      await here.connect('ann', sessionOf('first')),
      await here.connect('ann', sessionOf('other')),
    ];
    const leaseSecret = await acquire(first, 'cities/1');
    await acquire(second, 'cities/1');
    first.socket.disconnect();
    const again = await there.connect('ann', sessionOf('first'));
    expect(await again.send('resume', leaseSecret)).toMatchObject({ ok: true });
    expect((await here.rowlock.locks.check(['cities/1'])).held.get('cities/1')).toHaveLength(2);
    expect(second.lost).toEqual([]);
  });
});

describe('sameUser: move', () => {
  const sessions = { sameUser: 'move' } as const;

  it('the newest tab takes over the records, and the older one is notified', async () => {
    const namespace = newNamespace();
    const [here, there] = [await rig({ namespace, sessions }), await rig({ namespace, sessions })];
    const [older, newest] = [await here.connect('ann'), await there.connect('ann')];
    const leaseSecret = await acquire(older, 'cities/1', 'cities/2');
    await acquire(newest, 'cities/1');
    await isLost(older);
    expect(older.lost).toMatchObject([{ leaseId: leaseSecret.leaseId, reason: 'moved' }]);
    expect(await older.send('resume', leaseSecret)).toMatchObject({ error: { code: 'lease_lost' } });
    await acquire(await here.connect('bo'), 'cities/2');
  });

  it('a tab that asks by itself takes nothing over', async () => {
    const started = await rig({ sessions });
    const [older, newest] = [await started.connect('ann'), await started.connect('ann')];
    await acquire(older, 'cities/1');
    await acquire(newest, 'cities/1');
    expect(await older.send('acquire', { records: ['cities/1'], moves: false })).toMatchObject({
      ok: false,
      error: { code: 'conflict', conflicts: [{ isSameUser: true }] },
    });
  });

  it('P1: nothing is taken over if another user holds one of the records', async () => {
    const started = await rig({ sessions });
    const [older, newest, bo] = [
      await started.connect('ann'),
      await started.connect('ann'),
      await started.connect('bo'),
    ];
    await acquire(older, 'cities/1');
    await acquire(bo, 'cities/2');
    expect(await refusalOf(newest, 'cities/1', 'cities/2')).toMatchObject({ code: 'conflict' });
    expect(older.lost).toEqual([]);
    expect((await started.rowlock.locks.check(['cities/1', 'cities/2'])).held.size).toBe(2);
  });

  it('two tabs that ask at the same time: one of them holds the records, and the other was notified', async () => {
    const started = await rig({ sessions });
    const tabs = [await started.connect('ann'), await started.connect('ann'), await started.connect('ann')];
    await acquire(tabs[0]!, 'cities/1');
    await Promise.all(tabs.slice(1).map((tab) => tab.send('acquire', { records: ['cities/1'] })));
    const { held } = await started.rowlock.locks.check(['cities/1']);
    expect(held.get('cities/1')).toHaveLength(1);
  });

  it('beforeRevoke is asked before the records move', async () => {
    const asked: unknown[] = [];
    const started = await rig({ sessions, beforeRevoke: (_lease, why) => void asked.push(why) });
    const [older, newest] = [await started.connect('ann'), await started.connect('ann')];
    await acquire(older, 'cities/1');
    await acquire(newest, 'cities/1');
    expect(asked).toEqual([{ reason: 'moved', by: { id: 'ann', name: 'ann' } }]);
  });
});
