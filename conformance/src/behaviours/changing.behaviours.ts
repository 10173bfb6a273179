/** `acquire` with `skip`, a scope or a whole resource; `extend`; `release` of some records. */
import { describe, expect, it } from 'vitest';
import type { OpenSubject } from '../subject/subject.ts';
import { acquire, codeOf, joinWaitList, leaseOf, secretOf, watch } from './tabs.ts';

export function changing(open: OpenSubject): void {
  describe('acquire with skip', () => {
    it('the free records are acquired, and the answer names what blocks the others', async () => {
      const { connect } = await open();
      const [ann, bo] = [await connect('ann'), await connect('bo')];
      const { leaseId } = await acquire(ann, 'cities/1');
      const records = ['cities/1', 'cities/2'] as const;
      const answer = await bo.request('acquire', { records: [...records], onConflict: 'skip' });
      expect(answer).toMatchObject({
        ok: true,
        lease: { recordCount: 1 },
        records: ['cities/2'],
        conflicts: [{ records: ['cities/1'], lease: { id: leaseId } }],
      });
      expect(codeOf(await bo.request('acquire', { records: ['cities/1'], onConflict: 'skip' }))).toBe(
        'conflict',
      );
    });
  });

  describe('a whole resource', () => {
    it('a lock on it covers each record of the resource', async () => {
      const { connect } = await open();
      const [ann, bo] = [await connect('ann'), await connect('bo')];
      const lease = leaseOf(await ann.request('acquire', { records: ['cities/*'] }));
      expect((await watch(bo, 'cities/7', 'regions/1')).records).toEqual({
        'cities/7': [lease.id],
        'regions/1': [],
      });
      expect(codeOf(await bo.request('acquire', { records: ['cities/7'] }))).toBe('conflict');
      await ann.request('release', secretOf(lease));
      await acquire(bo, 'cities/7');
      expect(codeOf(await ann.request('acquire', { records: ['cities/*'] }))).toBe('conflict');
    });

    it('P12: a whole resource needs the permission for a subtree, and cannot be watched', async () => {
      const { connect } = await open({ authorize: ({ scope }) => scope !== 'subtree' });
      const ann = await connect('ann');
      for (const message of [
        { records: ['cities/*'] as const },
        { records: ['cities/1'] as const, scope: 'subtree' as const },
      ]) {
        const answer = await ann.request('acquire', { ...message, records: [...message.records] });
        expect(codeOf(answer)).toBe('forbidden');
      }
      expect(codeOf(await ann.request('watch', { records: ['cities/*'] }))).toBe('bad_request');
    });
  });

  describe('extend', () => {
    it('the lease covers the added records, under a new fence', async () => {
      const { connect } = await open();
      const ann = await connect('ann');
      const lease = leaseOf(await ann.request('acquire', { records: ['cities/1'] }));
      const answer = await ann.request('extend', { ...secretOf(lease), records: ['cities/2'] });
      expect(answer).toEqual({
        ok: true,
        lease: { ...lease, fence: expect.stringMatching(/^[0-9]+$/), recordCount: 2 },
        records: ['cities/2'],
      });
      if (!answer.ok) throw new Error(answer.error.message);
      expect(BigInt(answer.lease.fence)).toBeGreaterThan(BigInt(lease.fence));
      expect((await watch(ann, 'cities/2')).records).toEqual({ 'cities/2': [lease.id] });
    });

    it('a blocked record refuses the extension, or is skipped', async () => {
      const { connect } = await open();
      const [ann, bo] = [await connect('ann'), await connect('bo')];
      await acquire(ann, 'cities/1');
      const leaseSecret = await acquire(bo, 'cities/2');
      const message = { ...leaseSecret, records: ['cities/1' as const, 'cities/3' as const] };
      expect(codeOf(await bo.request('extend', message))).toBe('conflict');
      expect(await bo.request('extend', { ...message, onConflict: 'skip' })).toMatchObject({
        ok: true,
        lease: { recordCount: 2 },
        records: ['cities/3'],
        conflicts: [{ records: ['cities/1'] }],
      });
    });

    it('P4, P12: an extension needs the lease in force, its secret, its user, the permission, and room', async () => {
      const { connect } = await open({
        limits: { acquiredRecords: 2 },
        authorize: ({ records }) => !records?.includes('cities/9'),
      });
      const [ann, bo] = [await connect('ann'), await connect('bo')];
      const leaseSecret = await acquire(ann, 'cities/1');
      const guess = { ...leaseSecret, secret: 'a-guess-of-a-thief' };
      const records = ['cities/2' as const];
      expect(codeOf(await ann.request('extend', { ...guess, records }))).toBe('lease_lost');
      expect(codeOf(await bo.request('extend', { ...leaseSecret, records }))).toBe('lease_lost');
      expect(codeOf(await ann.request('extend', { ...leaseSecret, records: ['cities/9'] }))).toBe(
        'forbidden',
      );
      const many = ['cities/2' as const, 'cities/3' as const];
      expect(codeOf(await ann.request('extend', { ...leaseSecret, records: many }))).toBe('too_many_records');
      const { waiting } = await joinWaitList(bo, 'cities/1');
      expect(codeOf(await bo.request('extend', { ...secretOf(waiting), records }))).toBe('bad_request');
    });
  });

  describe('a partial release', () => {
    it('the lease keeps the other records, and ends with the last one', async () => {
      const { connect } = await open();
      const [ann, bo] = [await connect('ann'), await connect('bo')];
      const leaseSecret = await acquire(ann, 'cities/1', 'cities/2');
      const message = { ...leaseSecret, records: ['cities/1' as const] };
      // A message that arrives twice changes nothing more.
      for (const _time of [1, 2]) {
        expect(await ann.request('release', message)).toEqual({ ok: true, recordCount: 1 });
      }
      await acquire(bo, 'cities/1');
      expect(codeOf(await bo.request('acquire', { records: ['cities/2'] }))).toBe('conflict');
      expect(await ann.request('release', { ...leaseSecret, records: ['cities/2'] })).toEqual({
        ok: true,
        recordCount: 0,
      });
      expect(codeOf(await ann.request('release', leaseSecret))).toBe('lease_lost');
    });
  });
}
