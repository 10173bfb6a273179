import type { LeaseView, RecordKey } from '@rowlock/protocol';
import { describe, expect, it } from 'vitest';
import { WatchedRecords } from './watchedRecords.ts';

const lease: LeaseView = {
  id: '7',
  mode: 'exclusive',
  holder: { type: 'task', id: 'task-7', label: 'Bulk', actor: { id: 'ann', name: 'Ann' } },
  since: 0,
  recordCount: 1,
};
const onFirst = { records: ['cities/1'], subtrees: [] } as const;

function watched(...keys: RecordKey[]) {
  const view = new WatchedRecords<string>();
  view.states.load(view.watch(keys, 'ann'), { position: '5-0', held: new Map(), leases: new Map() });
  return view;
}

describe('watched records', () => {
  it('watched records ask for a snapshot only of records that nobody watched before', () => {
    const view = watched('cities/1');
    expect(view.watch(['cities/1', 'cities/2'], 'bo')).toEqual(['cities/2']);
  });

  it("watched records know the watchers of a task's records until its lease has ended", () => {
    const view = watched('cities/1');
    view.states.acquired(lease, onFirst, '6-0');
    expect([...view.watchersOfTask('task-7')]).toEqual(['ann']);
    view.states.released('7', '7-0');
    expect([...view.watchersOfTask('task-7')]).toEqual([]);
    expect(view.leases.taskIds()).toEqual([]);
  });

  it('a watched record and its leases are forgotten with the last watcher', () => {
    const view = watched('cities/1');
    view.states.acquired(lease, onFirst, '6-0');
    view.watch(['cities/1'], 'bo');
    view.unwatch(['cities/1'], 'ann');
    expect(view.size).toBe(1);
    view.unwatch(['cities/1'], 'bo');
    expect(view.size).toBe(0);
    expect(view.leases.get('7')).toBeUndefined();
  });

  it('watched records forget a watcher that has left, and keep the others', () => {
    const view = watched('cities/1', 'cities/2');
    view.watch(['cities/2'], 'bo');
    expect(view.notWatchedBy('bo', ['cities/1', 'cities/2'])).toEqual(['cities/1']);
    view.forget('ann');
    expect(view.keys()).toEqual(['cities/2']);
    expect([...view.watchedBy('ann')]).toEqual([]);
    expect([...view.watchersOf('cities/2')]).toEqual(['bo']);
  });
});
