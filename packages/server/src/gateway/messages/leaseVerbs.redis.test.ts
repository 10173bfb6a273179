import type { RecordKey } from '@rowlock/protocol';
import { until } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import {
  acquire,
  gatewayFixture,
  joinWaitList,
  leaseOf,
  rigOnOwnRedis,
  sees,
  watch,
} from '../../../test/fixtures/gatewayFixture.ts';
import { gatedTask, newNamespace, type Rig } from '../../../test/fixtures/rig.ts';
import type { AuthorizeQuestion } from '../../permissions.ts';

const { rig } = gatewayFixture();

/** Cities `7-…` are in the region 7. */
const hierarchy = {
  cities: {
    under: ['regions'],
    getAncestors: (ids: readonly string[]) => ids.map((id): RecordKey[] => [`regions/${id.split('-')[0]}`]),
  },
};
const holdersOf = async ({ rowlock }: Rig, record: RecordKey) =>
  (await rowlock.locks.check([record])).held.get(record) ?? [];

describe('acquire', () => {
  it('with skip, a tab acquires the free records, and learns what blocks the others', async () => {
    const { connect } = await rig();
    const [ann, bo] = [await connect('ann'), await connect('bo')];
    await acquire(ann, 'cities/1');
    const ack = await bo.send('acquire', { records: ['cities/1', 'cities/2'], onConflict: 'skip' });
    expect(ack).toMatchObject({
      ok: true,
      lease: { recordCount: 1 },
      records: ['cities/2'],
      conflicts: [{ records: ['cities/1'], lease: { holder: { actor: { name: 'ann' } } } }],
    });
    const none = await bo.send('acquire', { records: ['cities/1'], onConflict: 'skip' });
    expect(none).toMatchObject({ ok: false, error: { code: 'conflict', conflicts: [{ recordCount: 1 }] } });
  });

  it('a tab locks a subtree and a whole resource', async () => {
    const started = await rig({ hierarchy });
    const [ann, bo] = [await started.connect('ann'), await started.connect('bo')];
    const region = leaseOf(await ann.send('acquire', { records: ['regions/7'], scope: 'subtree' }));
    expect(await holdersOf(started, 'cities/7-1')).toEqual([region.id]);
    expect(await holdersOf(started, 'cities/8-1')).toEqual([]);
    expect(await bo.send('acquire', { records: ['cities/7-1'] })).toMatchObject({
      error: { code: 'conflict' },
    });
    await ann.send('release', { leaseId: region.id, secret: region.secret });
    const all = leaseOf(await ann.send('acquire', { records: ['cities/*'] }));
    expect(await holdersOf(started, 'cities/8-1')).toEqual([all.id]);
  });

  it('P12: authorize is asked with the scope, so that it can forbid a subtree and a whole resource', async () => {
    const asked: Pick<AuthorizeQuestion, 'records' | 'scope'>[] = [];
    const { connect } = await rig({
      authorize({ action, records, scope }) {
        if (action === 'acquire') asked.push({ ...(records && { records }), ...(scope && { scope }) });
        return scope === 'record';
      },
    });
    const ann = await connect('ann');
    for (const message of [
      { records: ['cities/1'] },
      { records: ['cities/1'], scope: 'subtree' },
      { records: ['cities/*'] },
    ] as const) {
      const ack = await ann.send('acquire', { ...message, records: [...message.records] });
      expect(ack.ok ? 'acquired' : ack.error.code).toBe(asked.length === 1 ? 'acquired' : 'forbidden');
    }
    expect(asked).toEqual([
      { records: ['cities/1'], scope: 'record' },
      { records: ['cities/1'], scope: 'subtree' },
      { records: ['cities/*'], scope: 'subtree' },
    ]);
  });

  it('P6: a lease on a subtree is resumed with its scope, and survives a loss of data after that', async () => {
    const lone = await rigOnOwnRedis({}, { hierarchy });
    const ann = await lone.connect('ann');
    const { id: leaseId, secret } = leaseOf(
      await ann.send('acquire', { records: ['regions/7'], scope: 'subtree' }),
    );
    ann.socket.disconnect();
    const again = await lone.connect('ann');
    expect(await again.send('resume', { leaseId, secret })).toMatchObject({ ok: true });
    await lone.redis.kill();
    await lone.redis.restart();
    await until(async () => (await holdersOf(lone, 'cities/7-1')).join() === leaseId, {
      what: 'the lease again',
    });
  });
});

describe('extend and partial release', () => {
  it('a tab adds records to its lease, and releases some of them', async () => {
    const started = await rig();
    const ann = await started.connect('ann');
    const leaseSecret = await acquire(ann, 'cities/1');
    const extended = await ann.send('extend', { ...leaseSecret, records: ['cities/2', 'cities/3'] });
    expect(extended).toEqual({
      ok: true,
      lease: {
        id: leaseSecret.leaseId,
        secret: leaseSecret.secret,
        fence: expect.any(String),
        ttlMs: 15_000,
        recordCount: 3,
      },
      records: ['cities/2', 'cities/3'],
    });
    const message = { ...leaseSecret, records: ['cities/1', 'cities/2'] as RecordKey[] };
    expect(await ann.send('release', message)).toEqual({ ok: true, recordCount: 1 });
    // A message that arrives twice changes nothing more.
    expect(await ann.send('release', message)).toEqual({ ok: true, recordCount: 1 });
    expect(await holdersOf(started, 'cities/1')).toEqual([]);
    expect(await holdersOf(started, 'cities/3')).toEqual([leaseSecret.leaseId]);
    expect(await ann.send('release', { ...leaseSecret, records: ['cities/3'] })).toEqual({
      ok: true,
      recordCount: 0,
    });
    expect(await ann.send('confirm', {})).toEqual({ ok: true, leases: [] });
    expect(ann.lost).toEqual([]);
  });

  it('an extension is refused as a whole, or skips what is blocked', async () => {
    const { connect } = await rig();
    const [ann, bo] = [await connect('ann'), await connect('bo')];
    await acquire(ann, 'cities/1');
    const leaseSecret = await acquire(bo, 'cities/2');
    const records: RecordKey[] = ['cities/1', 'cities/3'];
    expect(await bo.send('extend', { ...leaseSecret, records })).toMatchObject({
      error: { code: 'conflict', conflicts: [{ records: ['cities/1'] }] },
    });
    expect(await bo.send('extend', { ...leaseSecret, records, onConflict: 'skip' })).toMatchObject({
      lease: { recordCount: 2 },
      records: ['cities/3'],
      conflicts: [{ records: ['cities/1'] }],
    });
  });

  it('P12: an extension needs the permission, the right user, a lease in force, and room', async () => {
    const { connect } = await rig({
      sessions: { limits: { acquiredRecords: 3 } },
      authorize: ({ records }) => !records?.includes('cities/9'),
    });
    const [ann, bo] = [await connect('ann'), await connect('bo')];
    const leaseSecret = await acquire(ann, 'cities/1');
    const extend = (client: typeof ann, secret: typeof leaseSecret, ...records: RecordKey[]) =>
      client.send('extend', { ...secret, records });
    const refused = (code: string) => ({ ok: false, error: { code } });
    expect(await extend(ann, leaseSecret, 'cities/9')).toMatchObject(refused('forbidden'));
    expect(await extend(bo, leaseSecret, 'cities/2')).toMatchObject(refused('lease_lost'));
    expect(await extend(ann, { ...leaseSecret, secret: 'f'.repeat(24) }, 'cities/2')).toMatchObject(
      refused('lease_lost'),
    );
    expect(await extend(ann, leaseSecret, 'cities/2', 'cities/3', 'cities/4')).toMatchObject(
      refused('too_many_records'),
    );
    const waiting = await joinWaitList(bo, 'cities/1');
    expect(await extend(bo, waiting.leaseSecret, 'cities/2')).toMatchObject(refused('bad_request'));
    expect(await bo.send('release', { ...waiting.leaseSecret, records: ['cities/1'] })).toMatchObject(
      refused('bad_request'),
    );
  });

  it('P6: after a loss of data, a lease covers what it covered before, also what another server has added', async () => {
    const namespace = newNamespace();
    const lone = await rigOnOwnRedis({}, { namespace });
    const ann = await lone.connect('ann');
    const leaseSecret = await acquire(ann, 'cities/1', 'cities/2');
    await ann.send('extend', { ...leaseSecret, records: ['cities/3'] });
    await ann.send('release', { ...leaseSecret, records: ['cities/1'] });
    await watch(ann, 'cities/2', 'cities/4');
    // As another process does it, by the secret alone.
    await lone.rowlock.locks.registry.extend(leaseSecret, { records: ['cities/4'] });
    await lone.rowlock.locks.registry.releaseRecords(leaseSecret, ['cities/2']);
    // Once the change log has brought both, the server knows them, too.
    await sees(ann, 'cities/4', 1);
    await sees(ann, 'cities/2', 0);
    await lone.redis.kill();
    await lone.redis.restart();
    await until(async () => (await holdersOf(lone, 'cities/3')).length === 1, { what: 'the lease again' });
    const held = await lone.rowlock.locks.check(['cities/1', 'cities/2', 'cities/3', 'cities/4']);
    expect([...held.held.keys()].sort()).toEqual(['cities/3', 'cities/4']);
  });
});

describe('takeOver', () => {
  it('P12: a takeover is refused to a user without the permission, and changes nothing', async () => {
    const started = await rig({ authorize: ({ action }) => action !== 'takeOver' });
    const [ann, bo] = [await started.connect('ann'), await started.connect('bo')];
    const { leaseId } = await acquire(ann, 'cities/1');
    expect(await bo.send('takeOver', { records: ['cities/1'], reason: 'Urgent' })).toMatchObject({
      ok: false,
      error: {
        code: 'forbidden',
        message: expect.stringContaining('bo may not take over from "Edit" (ann)'),
      },
    });
    expect(await holdersOf(started, 'cities/1')).toEqual([leaseId]);
    expect(ann.lost).toEqual([]);
  });

  it('P6: the tab that loses its records learns by whom and why, on another gateway too', async () => {
    const namespace = newNamespace();
    const asked: AuthorizeQuestion[] = [];
    const authorize = (question: AuthorizeQuestion) => {
      if (question.action === 'takeOver') asked.push(question);
      return true;
    };
    const [here, there] = [await rig({ namespace, authorize }), await rig({ namespace, authorize })];
    const [ann, bo] = [await here.connect('ann'), await there.connect('bo')];
    const lost = await acquire(ann, 'cities/1', 'cities/2');
    const lease = await bo.send('takeOver', { records: ['cities/1'], reason: ' Urgent\nfix ' });
    expect(lease).toMatchObject({ ok: true, lease: { recordCount: 1, ttlMs: 15_000 } });
    await until(() => ann.lost.length === 1);
    expect(ann.lost).toEqual([
      { leaseId: lost.leaseId, reason: 'taken over', by: { id: 'bo', name: 'bo' }, why: 'Urgent fix' },
    ]);
    expect(asked).toMatchObject([
      { actor: { id: 'bo' }, records: ['cities/1'], lease: { id: lost.leaseId, recordCount: 2 } },
    ]);
    expect(await bo.send('confirm', {})).toMatchObject({ leases: [{ ageMs: expect.any(Number) }] });
    expect(bo.lost).toEqual([]);
  });

  it('a takeover of free records is an acquire, and needs the permission for that alone', async () => {
    const { connect } = await rig({ authorize: ({ action }) => action === 'acquire' });
    const bo = await connect('bo');
    expect(await bo.send('takeOver', { records: ['cities/1'], reason: 'Urgent' })).toMatchObject({
      ok: true,
    });
    const denied = await rig({ authorize: ({ action }) => action === 'takeOver' });
    const cy = await denied.connect('cy');
    expect(await cy.send('takeOver', { records: ['cities/1'], reason: 'Urgent' })).toMatchObject({
      error: { code: 'forbidden' },
    });
  });

  it('a tab that waits for the records continues to wait after a takeover', async () => {
    const { connect } = await rig({ authorize: () => true });
    const [ann, bo, cy] = [await connect('ann'), await connect('bo'), await connect('cy')];
    await acquire(ann, 'cities/1');
    const waiting = await joinWaitList(cy, 'cities/1');
    const taken = leaseOf((await bo.send('takeOver', { records: ['cities/1'], reason: 'Urgent' })) as never);
    expect(await cy.send('confirm', {})).toMatchObject({
      leases: [{ leaseId: waiting.leaseId, position: 1 }],
    });
    await bo.send('release', { leaseId: taken.id, secret: taken.secret });
    await until(() => cy.waits.some((event) => 'fence' in event));
  });

  it('P12: the refusal of a takeover from a task does not name the task', async () => {
    const { task } = gatedTask();
    const started = await rig({
      tasks: [task],
      authorize: ({ action, task: asked }) => action !== 'takeOver' && !(action === 'watch' && asked),
    });
    await started.rowlock.tasks.launch(
      task,
      { ids: ['1'], gate: 'g' },
      { actor: { id: 'ann', name: 'ann' } },
    );
    const bo = await started.connect('bo');
    const ack = await bo.sendRaw('takeOver', { records: ['cities/1'], reason: 'Urgent' });
    expect(ack.error?.message).toContain('from a task of ann');
    expect(ack.error?.message).not.toContain('Gated');
  });
});
