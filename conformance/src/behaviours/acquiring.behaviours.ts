/** `acquire` and `release`. */
import { describe, expect, it } from 'vitest';
import type { OpenSubject } from '../subject/subject.ts';
import { acquire, codeOf, received, seesLeases, watch } from './tabs.ts';

export function acquiring(open: OpenSubject): void {
  describe('acquire', () => {
    it('the answer is the lease, with its secret, fence and TTL', async () => {
      const { connect } = await open();
      const ann = await connect('ann');
      const answer = await ann.request('acquire', { records: ['cities/1', 'cities/2'], label: 'Edit Paris' });
      expect(answer).toEqual({
        ok: true,
        lease: {
          id: expect.stringMatching(/^[0-9]{1,20}$/),
          secret: expect.stringMatching(/^[A-Za-z0-9_-]{16,64}$/),
          fence: expect.stringMatching(/^[0-9]+$/),
          ttlMs: 15_000,
          recordCount: 2,
        },
      });
      expect((await watch(await connect('bo'), 'cities/1')).leases).toMatchObject([
        { holder: { label: 'Edit Paris' }, since: expect.any(Number) },
      ]);
    });

    it('P1, P2, P3: a blocked request acquires nothing, and names each lease that blocks it', async () => {
      const { connect, startTask } = await open();
      const [ann, bo] = [await connect('ann'), await connect('bo')];
      const { leaseId } = await acquire(ann, 'cities/1');
      const task = await startTask({ label: 'Rename', records: ['cities/2', 'cities/3'] });
      const answer = await bo.request('acquire', {
        records: ['cities/1', 'cities/2', 'cities/3', 'cities/4'],
      });
      expect(codeOf(answer)).toBe('conflict');
      const { conflicts = [] } = answer.ok ? {} : answer.error;
      expect(conflicts).toHaveLength(2);
      expect(conflicts).toEqual(
        expect.arrayContaining([
          expect.objectContaining({
            lease: expect.objectContaining({ id: leaseId }),
            recordCount: 1,
            records: ['cities/1'],
          }),
          expect.objectContaining({
            task: expect.objectContaining({ id: task.id, label: 'Rename', state: 'running' }),
            recordCount: 2,
            records: ['cities/2', 'cities/3'],
          }),
        ]),
      );
      expect((await watch(bo, 'cities/4')).records).toEqual({ 'cities/4': [] });
    });

    it('P12: a conflict does not name a task that the user may not watch', async () => {
      const { connect, startTask } = await open({
        authorize: ({ actor, action, task }) => !(actor.id === 'bo' && action === 'watch' && task),
      });
      const bo = await connect('bo');
      await startTask({ label: 'Secret plan', records: ['cities/1'] });
      const answer = await bo.request('acquire', { records: ['cities/1'] });
      expect(answer).toMatchObject({
        ok: false,
        error: { conflicts: [{ lease: { holder: { label: 'A task' } } }] },
      });
      expect(JSON.stringify(answer)).not.toContain('Secret plan');
    });

    it('a tab is blocked by its own lease', async () => {
      const { connect } = await open();
      const ann = await connect('ann');
      const { leaseId } = await acquire(ann, 'cities/1');
      expect(await ann.request('acquire', { records: ['cities/1'] })).toMatchObject({
        ok: false,
        error: { code: 'conflict', conflicts: [{ lease: { id: leaseId } }] },
      });
    });

    it('shared leases share a record, and block an exclusive one', async () => {
      const { connect } = await open();
      const [ann, bo] = [await connect('ann'), await connect('bo')];
      const shared = { records: ['cities/1' as const], mode: 'shared' as const };
      expect(await ann.request('acquire', shared)).toMatchObject({ ok: true });
      expect(await bo.request('acquire', shared)).toMatchObject({ ok: true });
      const answer = await bo.request('acquire', { records: ['cities/1'] });
      expect(answer).toMatchObject({ ok: false, error: { code: 'conflict', conflicts: [{}, {}] } });
      expect((await watch(bo, 'cities/1')).records['cities/1']).toHaveLength(2);
    });

    it('P12: a user who may not acquire a record is refused', async () => {
      const { connect } = await open({ authorize: ({ action }) => action !== 'acquire' });
      const ann = await connect('ann');
      expect(codeOf(await ann.request('acquire', { records: ['cities/1'] }))).toBe('forbidden');
      expect((await watch(ann, 'cities/1')).records).toEqual({ 'cities/1': [] });
    });

    it('a failure of authorize refuses with internal, and shows nothing of the cause', async () => {
      const { connect } = await open({
        authorize: () => {
          throw new Error('the database of users is away');
        },
      });
      const answer = await (await connect('ann')).request('acquire', { records: ['cities/1'] });
      expect(codeOf(answer)).toBe('internal');
      expect(JSON.stringify(answer)).not.toContain('database');
    });

    it('a request for more records than one message may name is refused', async () => {
      const { connect } = await open({ limits: { acquiredRecords: 2 } });
      const ann = await connect('ann');
      const records = ['cities/1', 'cities/2', 'cities/3'] as const;
      expect(codeOf(await ann.request('acquire', { records: [...records] }))).toBe('too_many_records');
      await acquire(ann, 'cities/1', 'cities/2');
    });

    it('a lease beyond the limit of a tab is refused until another one is released', async () => {
      const { connect } = await open({ limits: { heldLeases: 1 } });
      const ann = await connect('ann');
      const leaseSecret = await acquire(ann, 'cities/1');
      expect(codeOf(await ann.request('acquire', { records: ['cities/2'] }))).toBe('rate_limited');
      await ann.request('release', leaseSecret);
      await acquire(ann, 'cities/2');
    });
  });

  describe('release', () => {
    it('a released record is free, and its holder gets no event', async () => {
      const { connect } = await open();
      const [ann, bo] = [await connect('ann'), await connect('bo')];
      await watch(bo, 'cities/1');
      const leaseSecret = await acquire(ann, 'cities/1');
      await seesLeases(bo, 'cities/1', 1);
      expect(await ann.request('release', leaseSecret)).toEqual({ ok: true, recordCount: 0 });
      await seesLeases(bo, 'cities/1', 0);
      expect(received(ann, 'leaseLost')).toEqual([]);
    });

    it('P4: a lease is not released by another secret, nor twice', async () => {
      const { connect } = await open();
      const [ann, bo] = [await connect('ann'), await connect('bo')];
      const leaseSecret = await acquire(ann, 'cities/1');
      const guess = { ...leaseSecret, secret: 'a-guess-of-a-thief' };
      expect(codeOf(await bo.request('release', guess))).toBe('lease_lost');
      expect((await watch(bo, 'cities/1')).records['cities/1']).toHaveLength(1);
      expect(await ann.request('release', leaseSecret)).toEqual({ ok: true, recordCount: 0 });
      expect(codeOf(await ann.request('release', leaseSecret))).toBe('lease_lost');
    });
  });
}
