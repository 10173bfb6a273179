import { describe, expect, it } from 'vitest';
import type { CoveredResource, CoveredResources } from '../../locks/registry/coveredResources.ts';
import { WatchedResources } from './watchedResources.ts';

const part = (recordCount: number, more: Partial<CoveredResource> = {}): CoveredResource => ({
  recordCount,
  isWhole: false,
  hasSubtrees: false,
  ...more,
});
const covered = (...leases: [id: string, resources: Record<string, CoveredResource>][]): CoveredResources =>
  new Map(leases.map(([id, resources]) => [id, new Map(Object.entries(resources))]));

describe('watched resources', () => {
  it('the counts of a resource are those of its leases, as they change and end', () => {
    const resources = new WatchedResources<string>();
    expect(
      resources.load(covered(['1', { cities: part(3) }], ['2', { cities: part(2), regions: part(1) }])),
    ).toEqual(new Set(['cities', 'regions']));
    expect(resources.viewOf('cities')).toEqual({
      leaseCount: 2,
      recordCount: 5,
      isWhollyLocked: false,
      hasSubtreeLocks: false,
    });
    expect(resources.update(['2'], covered(['2', { cities: part(1), regions: part(1) }]))).toEqual(
      new Set(['cities']),
    );
    expect(resources.viewOf('cities').recordCount).toBe(4);
    expect(resources.update(['1', '9'], covered())).toEqual(new Set(['cities']));
    expect(resources.viewOf('cities')).toMatchObject({ leaseCount: 1, recordCount: 1 });
  });

  it('the same count again changes nothing', () => {
    const resources = new WatchedResources<string>();
    resources.load(covered(['1', { cities: part(3) }]));
    expect(resources.update(['1'], covered(['1', { cities: part(3) }]))).toEqual(new Set());
    expect(resources.load(covered(['1', { cities: part(3) }]))).toEqual(new Set());
  });

  it('a whole resource and subtrees are shown apart from the records', () => {
    const resources = new WatchedResources<string>();
    resources.load(
      covered(
        ['1', { cities: part(0, { isWhole: true }) }],
        ['2', { regions: part(1, { hasSubtrees: true }) }],
      ),
    );
    expect(resources.viewOf('cities')).toMatchObject({ leaseCount: 1, recordCount: 0, isWhollyLocked: true });
    expect(resources.viewOf('regions')).toMatchObject({ recordCount: 1, hasSubtreeLocks: true });
    resources.load(covered());
    expect(resources.viewOf('cities')).toMatchObject({ leaseCount: 0, isWhollyLocked: false });
  });

  it('a resource is watched until its last watcher has left', () => {
    const resources = new WatchedResources<string>();
    resources.watch(['cities', 'regions'], 'ann');
    resources.watch(['cities'], 'bo');
    expect(resources.notWatchedBy('bo', ['cities', 'regions'])).toEqual(['regions']);
    resources.forget('ann');
    expect([...resources.watchersOf('cities')]).toEqual(['bo']);
    resources.unwatch(['cities'], 'bo');
    expect(resources.isAnyWatched).toBe(false);
  });
});
