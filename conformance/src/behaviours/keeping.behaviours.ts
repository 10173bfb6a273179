/** `resume`, `confirm`, `leaseLost` and the disconnect grace. */
import { until } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import type { OpenSubject } from '../subject/subject.ts';
import { acquire, codeOf, leaseOf, received, seesLeases, watch } from './tabs.ts';

export function keeping(open: OpenSubject): void {
  describe('resume', () => {
    it('a tab resumes its lease on a new connection, and gets a new secret', async () => {
      const { connect } = await open();
      const first = await connect('ann');
      const leaseSecret = await acquire(first, 'cities/1', 'cities/2');
      first.drop();
      const second = await connect('ann');
      const answer = await second.request('resume', leaseSecret);
      if (!answer.ok) throw new Error(answer.error.message);
      expect([...answer.records].sort()).toEqual(['cities/1', 'cities/2']);
      const lease = leaseOf(answer);
      expect(lease).toMatchObject({ id: leaseSecret.leaseId, recordCount: 2, ttlMs: 15_000 });
      expect(lease.secret).not.toBe(leaseSecret.secret);
      expect(codeOf(await second.request('release', leaseSecret))).toBe('lease_lost');
    });

    it('a tab that chooses the new secret can send the same message again', async () => {
      const { connect } = await open();
      const ann = await connect('ann');
      const message = { ...(await acquire(ann, 'cities/1')), nextSecret: 'the-next-secret-of-ann' };
      for (const _time of [1, 2]) {
        expect(await ann.request('resume', message)).toMatchObject({
          ok: true,
          lease: { secret: message.nextSecret },
        });
      }
    });

    it('P4: a lease is resumed neither by another secret nor by another user', async () => {
      const { connect } = await open();
      const [ann, bo] = [await connect('ann'), await connect('bo')];
      const leaseSecret = await acquire(ann, 'cities/1');
      const guess = { ...leaseSecret, secret: 'a-guess-of-a-thief' };
      expect(codeOf(await ann.request('resume', guess))).toBe('lease_lost');
      expect(codeOf(await bo.request('resume', leaseSecret))).toBe('lease_lost');
      expect(codeOf(await ann.request('resume', { ...leaseSecret, leaseId: '999999' }))).toBe('lease_lost');
    });

    it('P12: a lease is not resumed if its user may no longer acquire its records', async () => {
      let mayAcquire = true;
      const { connect } = await open({ authorize: ({ action }) => action !== 'acquire' || mayAcquire });
      const ann = await connect('ann');
      const leaseSecret = await acquire(ann, 'cities/1');
      mayAcquire = false;
      expect(codeOf(await (await connect('ann')).request('resume', leaseSecret))).toBe('forbidden');
    });

    it('a connection is notified that another one has resumed its lease', async () => {
      const { connect } = await open();
      const [first, second] = [await connect('ann'), await connect('ann')];
      const leaseSecret = await acquire(first, 'cities/1');
      expect(await second.request('resume', leaseSecret)).toMatchObject({ ok: true });
      await until(() => received(first, 'leaseLost').length > 0, { what: 'the lost lease' });
      expect(received(first, 'leaseLost')).toEqual([
        { leaseId: leaseSecret.leaseId, reason: 'resumed elsewhere' },
      ]);
    });
  });

  describe('confirm', () => {
    it('the answer names the leases of this connection alone, with their ages', async () => {
      const { connect } = await open();
      const [ann, bo] = [await connect('ann'), await connect('bo')];
      const { leaseId } = await acquire(ann, 'cities/1');
      expect(await ann.request('confirm', {})).toEqual({
        ok: true,
        leases: [{ leaseId, ageMs: expect.any(Number) }],
      });
      expect(await bo.request('confirm', {})).toEqual({ ok: true, leases: [] });
    });
  });

  describe('the disconnect grace', () => {
    it('P6: the records of a tab that does not return are free after the disconnect grace', async () => {
      const { connect } = await open({ disconnectGraceMs: 100 });
      const [ann, bo] = [await connect('ann'), await connect('bo')];
      await watch(bo, 'cities/1');
      const leaseSecret = await acquire(ann, 'cities/1');
      await seesLeases(bo, 'cities/1', 1);
      ann.drop();
      await seesLeases(bo, 'cities/1', 0);
      expect(codeOf(await (await connect('ann')).request('resume', leaseSecret))).toBe('lease_lost');
    });

    it('a tab that has returned in time keeps its records when the disconnect grace is over', async () => {
      const { connect } = await open({ disconnectGraceMs: 1_000 });
      const [ann, bo] = [await connect('ann'), await connect('bo')];
      await watch(bo, 'cities/1', 'cities/2');
      const kept = await acquire(ann, 'cities/1');
      await acquire(ann, 'cities/2');
      ann.drop();
      expect(await (await connect('ann')).request('resume', kept)).toMatchObject({ ok: true });
      await seesLeases(bo, 'cities/2', 0);
      expect((await watch(bo, 'cities/1')).records['cities/1']).toHaveLength(1);
    });
  });
}
