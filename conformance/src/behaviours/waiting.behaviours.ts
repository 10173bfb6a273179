/** `acquire` with `wait`, `leaseWaiting` and `leaseAcquired`. */
import { until } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import type { Connection, OpenSubject } from '../subject/subject.ts';
import { acquire, codeOf, joinWaitList, leaseOf, received, secretOf, seesAcquired, watch } from './tabs.ts';

const positions = (tab: Connection) => received(tab, 'leaseWaiting').map(({ position }) => position);

export function waiting(open: OpenSubject): void {
  describe('acquire with wait', () => {
    it('the records are acquired at once if they are free', async () => {
      const ann = await (await open()).connect('ann');
      const answer = await ann.request('acquire', { records: ['cities/1'], onConflict: 'wait' });
      expect(leaseOf(answer).recordCount).toBe(1);
    });

    it('a tab learns its first position, each new one, and that its lease is in force', async () => {
      const { connect } = await open();
      const [ann, bo, cy] = [await connect('ann'), await connect('bo'), await connect('cy')];
      const held = await acquire(ann, 'cities/1');
      const first = await joinWaitList(bo, 'cities/1', 'cities/2');
      const second = await joinWaitList(cy, 'cities/1');
      expect(first).toEqual({
        ok: true,
        waiting: {
          id: expect.stringMatching(/^[0-9]{1,20}$/),
          secret: expect.stringMatching(/^[A-Za-z0-9_-]{16,64}$/),
          ttlMs: 15_000,
          recordCount: 2,
          position: 1,
        },
        conflicts: [expect.objectContaining({ recordCount: 1, records: ['cities/1'] })],
      });
      expect(second).toMatchObject({ waiting: { position: 2 } });
      expect(second.conflicts).toContainEqual(
        expect.objectContaining({
          isWaiting: true,
          lease: expect.objectContaining({ id: first.waiting.id }),
        }),
      );
      expect((await watch(cy, 'cities/2')).records).toEqual({ 'cities/2': [] });
      await ann.request('release', held);
      await seesAcquired(bo, first.waiting.id);
      expect(received(bo, 'leaseAcquired')).toEqual([
        {
          leaseId: first.waiting.id,
          fence: expect.stringMatching(/^[0-9]+$/),
          ttlMs: 15_000,
          recordCount: 2,
        },
      ]);
      await until(() => positions(cy).at(-1) === 1, { what: 'the next position' });
      await bo.request('release', secretOf(first.waiting));
      await seesAcquired(cy, second.waiting.id);
    });

    it('a later request is refused while an earlier one waits for the same record', async () => {
      const { connect } = await open();
      const [ann, bo, cy] = [await connect('ann'), await connect('bo'), await connect('cy')];
      await acquire(ann, 'cities/1');
      await joinWaitList(bo, 'cities/1', 'cities/2');
      const answer = await cy.request('acquire', { records: ['cities/2'] });
      expect(answer).toMatchObject({
        ok: false,
        error: { code: 'conflict', conflicts: [{ isWaiting: true }] },
      });
    });

    it('a waiting lease is resumed on a new connection, and confirmed there', async () => {
      const { connect } = await open();
      const [ann, bo] = [await connect('ann'), await connect('bo')];
      const held = await acquire(ann, 'cities/1');
      const { waiting: lease } = await joinWaitList(bo, 'cities/1');
      bo.drop();
      const again = await connect('bo');
      const nextSecret = 'the-next-secret-of-bo';
      expect(await again.request('resume', { ...secretOf(lease), nextSecret })).toMatchObject({
        ok: true,
        waiting: { id: lease.id, secret: nextSecret, position: 1 },
        records: ['cities/1'],
        conflicts: [{ records: ['cities/1'] }],
      });
      expect(await again.request('confirm', {})).toMatchObject({
        leases: [{ leaseId: lease.id, position: 1 }],
      });
      await ann.request('release', held);
      await seesAcquired(again, lease.id);
    });

    it('a lease that comes into force without its tab is resumed as held', async () => {
      const { connect } = await open();
      const [ann, bo] = [await connect('ann'), await connect('bo')];
      const held = await acquire(ann, 'cities/1');
      const { waiting: lease } = await joinWaitList(bo, 'cities/1');
      bo.drop();
      await ann.request('release', held);
      const answer = await (await connect('bo')).request('resume', secretOf(lease));
      expect(leaseOf(answer)).toMatchObject({ id: lease.id, recordCount: 1 });
    });

    it('a wait ends by a release, and after the disconnect grace', async () => {
      const { connect } = await open({ disconnectGraceMs: 100 });
      const [ann, bo, cy] = [await connect('ann'), await connect('bo'), await connect('cy')];
      await acquire(ann, 'cities/1');
      const { waiting: first } = await joinWaitList(bo, 'cities/1');
      await joinWaitList(await connect('di'), 'cities/1').then(() => bo.request('release', secretOf(first)));
      expect(codeOf(await bo.request('release', secretOf(first)))).toBe('lease_lost');
      const { waiting: last } = await joinWaitList(cy, 'cities/1');
      expect(last.position).toBe(2);
      const ed = await connect('ed');
      await joinWaitList(ed, 'cities/1');
      cy.drop();
      await until(() => positions(ed).at(-1) === 2, { what: 'the end of the wait' });
    });

    it('a tab that would wait in a circle is refused', async () => {
      const { connect } = await open();
      const [ann, bo] = [await connect('ann'), await connect('bo')];
      await acquire(ann, 'cities/1');
      await acquire(bo, 'cities/2');
      await joinWaitList(ann, 'cities/2');
      const answer = await bo.request('acquire', { records: ['cities/1'], onConflict: 'wait' });
      expect(answer).toMatchObject({
        ok: false,
        error: { code: 'conflict', message: expect.stringContaining('Waiting would never end') },
      });
    });

    it('waiting leases count among the leases of a tab', async () => {
      const { connect } = await open({ limits: { heldLeases: 1 } });
      const [ann, bo] = [await connect('ann'), await connect('bo')];
      await acquire(ann, 'cities/1');
      await joinWaitList(bo, 'cities/1');
      expect(codeOf(await bo.request('acquire', { records: ['cities/2'] }))).toBe('rate_limited');
    });
  });
}
