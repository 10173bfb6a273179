/** P15: what a connected user may no longer see or hold. */
import { until } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import type { OpenSubject } from '../subject/subject.ts';
import { acquire, codeOf, joinWaitList, leaseOf, received, seesLeases, watch } from './tabs.ts';

export function losingPermissions(open: OpenSubject): void {
  describe('losing permissions', () => {
    it('P15: a record that its watcher may no longer watch is hidden, and no change of it follows', async () => {
      let isAllowed = true;
      const { connect, permissionsChanged } = await open({
        authorize: ({ actor, records = [] }) =>
          isAllowed || actor.id !== 'bo' || !records.includes('cities/1'),
      });
      const [ann, bo] = [await connect('ann'), await connect('bo')];
      await watch(bo, 'cities/1', 'cities/2');
      isAllowed = false;
      await permissionsChanged('bo');
      await until(() => received(bo, 'hidden').length > 0, { what: 'the hidden record' });
      expect(received(bo, 'hidden')).toMatchObject([
        { records: ['cities/1'], tasks: [], error: { code: 'forbidden' } },
      ]);
      await acquire(ann, 'cities/1');
      await acquire(ann, 'cities/2');
      await seesLeases(bo, 'cities/2', 1);
      expect(received(bo, 'changes').some(({ records }) => 'cities/1' in records)).toBe(false);
      expect(codeOf(await bo.request('watch', { records: ['cities/1'] }))).toBe('forbidden');
    });

    it('P15: a whole resource that its watcher may no longer watch is hidden', async () => {
      let isAllowed = true;
      const { connect, permissionsChanged } = await open({
        authorize: ({ actor, records = [] }) =>
          isAllowed || actor.id !== 'bo' || !records.includes('cities/*'),
      });
      const bo = await connect('bo');
      expect(await bo.request('watch', { resources: ['cities', 'regions'] })).toMatchObject({ ok: true });
      isAllowed = false;
      await permissionsChanged('bo');
      await until(() => received(bo, 'hidden').length > 0, { what: 'the hidden resource' });
      expect(received(bo, 'hidden')).toMatchObject([{ records: [], resources: ['cities'], tasks: [] }]);
    });

    it('P15: a user who may no longer watch a record sees no viewers of it, and is not seen', async () => {
      let isAllowed = true;
      const { connect, permissionsChanged } = await open({
        authorize: ({ actor }) => isAllowed || actor.id !== 'bo',
      });
      const [ann, bo] = [await connect('ann'), await connect('bo')];
      for (const tab of [bo, ann]) await tab.request('watch', { presence: ['cities/1'] });
      isAllowed = false;
      await permissionsChanged('bo');
      await until(() => received(bo, 'hidden').length > 0, { what: 'the hidden record' });
      expect(received(bo, 'hidden')).toMatchObject([{ records: ['cities/1'], resources: [], tasks: [] }]);
      await until(() => received(ann, 'changes').at(-1)?.viewers?.['cities/1']?.count === 0, {
        what: 'a record without viewers',
      });
    });

    it('P15: a task that its watcher may no longer watch is hidden, and its rows come without its label', async () => {
      let isAllowed = true;
      const { connect, startTask, permissionsChanged } = await open({
        authorize: ({ actor, task }) => isAllowed || actor.id !== 'bo' || task === undefined,
      });
      const bo = await connect('bo');
      const task = await startTask({ label: 'Merge', records: ['cities/1'] });
      expect((await watch(bo, 'cities/1')).leases).toMatchObject([{ holder: { label: 'Merge' } }]);
      isAllowed = false;
      await permissionsChanged('bo');
      await until(() => received(bo, 'hidden').length > 0, { what: 'the hidden task' });
      expect(received(bo, 'hidden')).toMatchObject([{ records: [], tasks: [task.id] }]);
      const [lease] = await until(
        () => received(bo, 'changes').find(({ leases }) => leases.length > 0)?.leases,
      );
      expect(lease?.holder.label).toBe('A task');
    });

    it('P15: a lease that its holder may no longer hold ends as not permitted', async () => {
      let isAllowed = true;
      const { connect, permissionsChanged } = await open({
        authorize: ({ actor, action }) => isAllowed || actor.id !== 'bo' || action !== 'acquire',
      });
      const [ann, bo] = [await connect('ann'), await connect('bo')];
      await watch(ann, 'cities/1');
      const { leaseId } = await acquire(bo, 'cities/1');
      await seesLeases(ann, 'cities/1', 1);
      isAllowed = false;
      await permissionsChanged('bo');
      await until(() => received(bo, 'leaseLost').length > 0, { what: 'the lost lease' });
      expect(received(bo, 'leaseLost')).toEqual([{ leaseId, reason: 'not permitted' }]);
      await seesLeases(ann, 'cities/1', 0);
    });

    it('P15: a lease on a subtree ends if its holder may hold single records alone', async () => {
      let isAllowed = true;
      const { connect, permissionsChanged } = await open({
        authorize: ({ scope }) => isAllowed || scope !== 'subtree',
      });
      const bo = await connect('bo');
      const { leaseId: single } = await acquire(bo, 'cities/1');
      const subtree = leaseOf(await bo.request('acquire', { records: ['cities/2'], scope: 'subtree' }));
      isAllowed = false;
      await permissionsChanged('bo');
      await until(() => received(bo, 'leaseLost').length > 0, { what: 'the lost lease' });
      expect(received(bo, 'leaseLost')).toEqual([{ leaseId: subtree.id, reason: 'not permitted' }]);
      expect(await bo.request('confirm', {})).toMatchObject({ leases: [{ leaseId: single }] });
    });

    it('P15: a wait of a user who may no longer hold the records ends as not permitted', async () => {
      let isAllowed = true;
      const { connect, permissionsChanged } = await open({
        authorize: ({ actor, action }) => isAllowed || actor.id !== 'bo' || action !== 'acquire',
      });
      const [ann, bo] = [await connect('ann'), await connect('bo')];
      await acquire(ann, 'cities/1');
      const { waiting } = await joinWaitList(bo, 'cities/1');
      isAllowed = false;
      await permissionsChanged('bo');
      await until(() => received(bo, 'leaseLost').length > 0, { what: 'the end of the wait' });
      expect(received(bo, 'leaseLost')).toEqual([{ leaseId: waiting.id, reason: 'not permitted' }]);
    });
  });
}
