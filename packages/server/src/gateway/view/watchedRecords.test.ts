import type { LeaseView, RecordKey } from '@rowlock/protocol';
import { describe, expect, it } from 'vitest';
import type { RecordLocks } from '../../locks/registry/lockRegistry.ts';
import { WatchedRecords } from './watchedRecords.ts';

const lease = (id: string, mode: LeaseView['mode'] = 'exclusive'): LeaseView => ({
  id,
  mode,
  holder: { type: 'task', id: `task-${id}`, label: 'Bulk', actor: { id: 'ann', name: 'Ann' } },
  since: 0,
  recordCount: 1,
});
const snapshot = (position: string, held: Record<RecordKey, string[]> = {}): RecordLocks => ({
  position,
  held: new Map(Object.entries(held) as [RecordKey, string[]][]),
  leases: new Map(
    Object.values(held)
      .flat()
      .map((id) => [id, lease(id)]),
  ),
});
const rows = (records: RecordKey[]) => ({ records, subtrees: [] });
function watched(...keys: RecordKey[]) {
  const view = new WatchedRecords<string>();
  view.load(view.watch(keys, 'ann'), snapshot('5-0'));
  return view;
}

describe('a live view', () => {
  it('watched records ask for a snapshot only of records that nobody watched before', () => {
    const view = watched('cities/1');
    expect(view.watch(['cities/1', 'cities/2'], 'bo')).toEqual(['cities/2']);
  });

  it('a watched record skips entries that its snapshot contains', () => {
    const view = watched('cities/1');
    expect(view.acquired(lease('7'), rows(['cities/1']), '5-0')).toEqual([]);
    expect(view.acquired(lease('7'), rows(['cities/1']), '4-9')).toEqual([]);
    expect(view.acquired(lease('7'), rows(['cities/1']), '5-1')).toEqual(['cities/1']);
    expect(view.leases.on('cities/1')).toEqual(['7']);
  });

  it('a watched record ignores entries before its first snapshot', () => {
    const view = new WatchedRecords<string>();
    view.watch(['cities/1'], 'ann');
    expect(view.acquired(lease('7'), rows(['cities/1']), '9-0')).toEqual([]);
  });

  it('watched records report only the watched among thousands of records', () => {
    const view = watched('cities/3', 'cities/5000000');
    const records = Array.from({ length: 10_000 }, (_, i) => `cities/${i}` as const);
    expect(view.acquired(lease('7'), rows(records), '6-0')).toEqual(['cities/3']);
  });

  it('a watched record shows a lock on an ancestor, and on its whole resource', () => {
    const view = watched('cities/1', 'cities/2');
    view.place('cities/1', ['regions/A']);
    view.place('cities/2', ['regions/B']);
    const onRegion = { records: ['regions/A'], subtrees: ['regions/A'] } as const;
    expect(view.acquired(lease('7'), onRegion, '6-0')).toEqual(['cities/1']);
    expect(view.leases.on('cities/1')).toEqual(['7']);
    expect(view.released('7', '7-0')).toEqual(['cities/1']);
    const onAll = { records: ['cities/*'], subtrees: ['cities/*'] } as const;
    expect(view.acquired(lease('8'), onAll, '8-0')).toEqual(['cities/1', 'cities/2']);
  });

  it('watched records follow a lease that is extended, freed in part and transferred', () => {
    const view = watched('cities/1', 'cities/2');
    view.acquired(lease('7'), rows(['cities/1']), '6-0');
    expect(view.acquired(lease('7'), rows(['cities/2']), '7-0')).toEqual(['cities/2']);
    expect(view.released('7', '8-0', ['cities/1'])).toEqual(['cities/1']);
    expect(view.leases.on('cities/1')).toEqual([]);
    const task = { type: 'task', id: 't', label: 'Rename', actor: { id: 'ann', name: 'Ann' } } as const;
    expect(view.transferred('7', task, '9-0')).toEqual(['cities/2']);
    expect(view.leases.get('7')?.holder).toEqual(task);
    expect(view.leases.taskIds()).toEqual(['t']);
  });

  it('a watched record keeps shared leases apart, and is free when the last has ended', () => {
    const view = watched('cities/1');
    view.acquired(lease('7', 'shared'), rows(['cities/1']), '6-0');
    view.acquired(lease('8', 'shared'), rows(['cities/1']), '7-0');
    expect(view.leases.on('cities/1')).toEqual(['7', '8']);
    expect(view.released('7', '8-0')).toEqual(['cities/1']);
    expect(view.leases.on('cities/1')).toEqual(['8']);
    expect(view.released('7', '9-0')).toEqual([]);
  });

  it("watched records know the watchers of a task's records until its lease has ended", () => {
    const view = watched('cities/1');
    view.acquired(lease('7'), rows(['cities/1']), '6-0');
    expect([...view.watchersOfTask('task-7')]).toEqual(['ann']);
    view.released('7', '7-0');
    expect([...view.watchersOfTask('task-7')]).toEqual([]);
    expect(view.leases.taskIds()).toEqual([]);
  });

  it('watched records change after a gap only if their leases differ', () => {
    const view = watched('cities/1', 'cities/2', 'cities/3');
    view.acquired(lease('7'), rows(['cities/1', 'cities/2']), '6-0');
    const later = snapshot('20-0', { 'cities/2': ['7'], 'cities/3': ['9'] });
    expect(view.load(view.keys(), later)).toEqual(['cities/1', 'cities/3']);
    expect(view.leases.on('cities/3')).toEqual(['9']);
  });

  it('a watched record and its leases are forgotten with the last watcher', () => {
    const view = watched('cities/1');
    view.acquired(lease('7'), rows(['cities/1']), '6-0');
    view.watch(['cities/1'], 'bo');
    view.unwatch(['cities/1'], 'ann');
    expect(view.size).toBe(1);
    view.unwatch(['cities/1'], 'bo');
    expect(view.size).toBe(0);
    expect(view.leases.get('7')).toBeUndefined();
  });
});
