/** `watch` with whole resources, and `listLocks`. */
import type { ResourceView } from '@rowlock/protocol';
import { until } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import type { Connection, OpenSubject } from '../subject/subject.ts';
import { acquire, codeOf, received, seesLeases, watch } from './tabs.ts';

const countsOn = (tab: Connection, resource: string): ResourceView | undefined =>
  received(tab, 'changes')
    .map(({ resources }) => resources?.[resource])
    .findLast((view) => view !== undefined);

const seesCounts = (tab: Connection, resource: string, leaseCount: number, recordCount: number) =>
  until(
    () => {
      const view = countsOn(tab, resource);
      return view?.leaseCount === leaseCount && view.recordCount === recordCount;
    },
    { what: `${leaseCount} leases on ${recordCount} ${resource}` },
  );

export function resources(open: OpenSubject): void {
  describe('watch with whole resources', () => {
    it('the answer and each change contain the counts, and no row', async () => {
      const { connect } = await open();
      const [ann, bo] = [await connect('ann'), await connect('bo')];
      await acquire(ann, 'cities/1', 'cities/2', 'regions/1');
      expect(await bo.request('watch', { resources: ['cities'] })).toMatchObject({
        ok: true,
        resources: {
          cities: { leaseCount: 1, recordCount: 2, isWhollyLocked: false, hasSubtreeLocks: false },
        },
      });
      const second = await acquire(ann, 'cities/3');
      await seesCounts(bo, 'cities', 2, 3);
      await ann.request('release', second);
      await seesCounts(bo, 'cities', 1, 2);
      expect(received(bo, 'changes').flatMap(({ records }) => Object.keys(records))).toEqual([]);
    });

    it('the counts and the list say that a lease covers a subtree', async () => {
      const { connect } = await open();
      const [ann, bo] = [await connect('ann'), await connect('bo')];
      await ann.request('acquire', { records: ['cities/1'], scope: 'subtree' });
      await ann.request('acquire', { records: ['regions/*'] });
      expect(await bo.request('watch', { resources: ['cities', 'regions'] })).toMatchObject({
        resources: {
          cities: { leaseCount: 1, recordCount: 1, isWhollyLocked: false, hasSubtreeLocks: true },
          regions: { leaseCount: 1, recordCount: 0, isWhollyLocked: true, hasSubtreeLocks: false },
        },
      });
      expect(await bo.request('listLocks', { resource: 'cities' })).toMatchObject({
        locks: [{ isWhole: false, hasSubtrees: true }],
      });
      expect(await bo.request('listLocks', { resource: 'regions' })).toMatchObject({
        locks: [{ isWhole: true, hasSubtrees: false }],
      });
    });

    it('no counts are sent after unwatch', async () => {
      const { connect } = await open();
      const [ann, bo] = [await connect('ann'), await connect('bo')];
      await bo.request('watch', { resources: ['cities', 'regions'] });
      await bo.request('unwatch', { resources: ['cities'] });
      await watch(bo, 'cities/1');
      await acquire(ann, 'cities/1', 'regions/1');
      await seesLeases(bo, 'cities/1', 1);
      await seesCounts(bo, 'regions', 1, 1);
      expect(countsOn(bo, 'cities')).toBeUndefined();
    });

    it('P12: a user who may not watch all of a resource is refused', async () => {
      const { connect } = await open({
        authorize: ({ records = [] }) => !records.includes('cities/*'),
      });
      const bo = await connect('bo');
      expect(codeOf(await bo.request('watch', { resources: ['cities'] }))).toBe('forbidden');
      expect(codeOf(await bo.request('listLocks', { resource: 'cities' }))).toBe('forbidden');
      expect(codeOf(await bo.request('watch', { resources: ['planets'] }))).toBe('unknown_resource');
      expect(codeOf(await bo.request('listLocks', { resource: 'planets' }))).toBe('unknown_resource');
      expect(await bo.request('watch', { resources: ['regions'] })).toMatchObject({ ok: true });
    });
  });

  describe('listLocks', () => {
    it('pages name each lease on the resource once, oldest first, with its holder', async () => {
      const { connect, startTask } = await open();
      const ann = await connect('ann');
      const first = await acquire(ann, 'cities/1', 'cities/2', 'regions/1');
      const task = await startTask({ label: 'Rename', records: ['cities/3'] });
      await acquire(ann, 'regions/2');
      const page = await ann.request('listLocks', { resource: 'cities', limit: 1 });
      if (!page.ok) throw new Error(page.error.message);
      expect(page.locks).toMatchObject([
        { lease: { id: first.leaseId, recordCount: 3 }, recordCount: 2, isWhole: false, hasSubtrees: false },
      ]);
      const rest = await ann.request('listLocks', { resource: 'cities', limit: 1, after: page.next! });
      expect(rest).toMatchObject({
        locks: [{ lease: { holder: { type: 'task', id: task.id } }, task: { id: task.id }, recordCount: 1 }],
      });
      expect(rest).not.toHaveProperty('next');
    });
  });
}
