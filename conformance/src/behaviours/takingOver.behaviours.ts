/** `takeOver`, and what the tab that loses its records learns. */
import { until } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import type { OpenSubject } from '../subject/subject.ts';
import { userOf } from '../subject/subject.ts';
import { acquire, codeOf, joinWaitList, received, secretOf, seesAcquired, watch } from './tabs.ts';

export function takingOver(open: OpenSubject): void {
  describe('takeOver', () => {
    it('P12: a takeover without the permission is refused, and changes nothing', async () => {
      const { connect } = await open({ authorize: ({ action }) => action !== 'takeOver' });
      const [ann, bo] = [await connect('ann'), await connect('bo')];
      const { leaseId } = await acquire(ann, 'cities/1');
      const answer = await bo.request('takeOver', { records: ['cities/1'], reason: 'Urgent' });
      expect(codeOf(answer)).toBe('forbidden');
      expect((await watch(bo, 'cities/1')).records).toEqual({ 'cities/1': [leaseId] });
    });

    it('P6: the other tab loses its lease, and learns by whom and why', async () => {
      const asked: unknown[] = [];
      const { connect } = await open({
        authorize({ action, records, lease }) {
          if (action === 'takeOver') asked.push({ records, leaseId: lease?.id });
          return true;
        },
      });
      const [ann, bo] = [await connect('ann'), await connect('bo')];
      const { leaseId } = await acquire(ann, 'cities/1', 'cities/2');
      expect(await bo.request('takeOver', { records: ['cities/1'], reason: 'Urgent' })).toMatchObject({
        ok: true,
        lease: { recordCount: 1, ttlMs: 15_000 },
      });
      await until(() => received(ann, 'leaseLost').length > 0, { what: 'the lost lease' });
      expect(received(ann, 'leaseLost')).toEqual([
        { leaseId, reason: 'taken over', by: userOf('bo'), why: 'Urgent' },
      ]);
      expect(asked).toEqual([{ records: ['cities/1'], leaseId }]);
    });

    it('a takeover of free records is an acquire', async () => {
      const { connect } = await open({ authorize: ({ action }) => action !== 'takeOver' });
      const bo = await connect('bo');
      const answer = await bo.request('takeOver', { records: ['cities/1'], reason: 'Urgent' });
      expect(answer).toMatchObject({ ok: true, lease: { recordCount: 1 } });
    });

    it('a tab that waits for the records gets them after the takeover', async () => {
      const { connect } = await open({ authorize: () => true });
      const [ann, bo, cy] = [await connect('ann'), await connect('bo'), await connect('cy')];
      await acquire(ann, 'cities/1');
      const { waiting } = await joinWaitList(cy, 'cities/1');
      const answer = await bo.request('takeOver', { records: ['cities/1'], reason: 'Urgent' });
      if (!answer.ok) throw new Error(answer.error.message);
      expect(received(cy, 'leaseAcquired')).toEqual([]);
      await bo.request('release', secretOf(answer.lease));
      await seesAcquired(cy, waiting.id);
    });
  });
}
