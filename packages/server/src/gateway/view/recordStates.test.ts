import type { LeaseView, RecordKey } from '@rowlock/protocol';
import { describe, expect, it } from 'vitest';
import type { RecordLocks } from '../../locks/registry/lockRegistry.ts';
import { RecordStates } from './recordStates.ts';

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

function statesOf(...keys: RecordKey[]) {
  const states = new RecordStates();
  for (const key of keys) states.add(key);
  states.load(keys, snapshot('5-0'));
  return states;
}

describe('the states of watched records', () => {
  it('a watched record skips entries that its snapshot contains', () => {
    const states = statesOf('cities/1');
    expect(states.acquired(lease('7'), rows(['cities/1']), '5-0')).toEqual([]);
    expect(states.acquired(lease('7'), rows(['cities/1']), '4-9')).toEqual([]);
    expect(states.acquired(lease('7'), rows(['cities/1']), '5-1')).toEqual(['cities/1']);
    expect(states.leases.on('cities/1')).toEqual(['7']);
  });

  it('a watched record ignores entries before its first snapshot', () => {
    const states = new RecordStates();
    states.add('cities/1');
    expect(states.acquired(lease('7'), rows(['cities/1']), '9-0')).toEqual([]);
  });

  it('watched records report only the watched among thousands of records', () => {
    const states = statesOf('cities/3', 'cities/5000000');
    const records = Array.from({ length: 10_000 }, (_, i) => `cities/${i}` as const);
    expect(states.acquired(lease('7'), rows(records), '6-0')).toEqual(['cities/3']);
  });

  it('a watched record shows a lock on an ancestor, and on its whole resource', () => {
    const states = statesOf('cities/1', 'cities/2');
    states.place('cities/1', ['regions/A']);
    states.place('cities/2', ['regions/B']);
    const onRegion = { records: ['regions/A'], subtrees: ['regions/A'] } as const;
    expect(states.acquired(lease('7'), onRegion, '6-0')).toEqual(['cities/1']);
    expect(states.leases.on('cities/1')).toEqual(['7']);
    expect(states.released('7', '7-0')).toEqual(['cities/1']);
    const onAll = { records: ['cities/*'], subtrees: ['cities/*'] } as const;
    expect(states.acquired(lease('8'), onAll, '8-0')).toEqual(['cities/1', 'cities/2']);
  });

  it('watched records follow a lease that is extended, freed in part and transferred', () => {
    const states = statesOf('cities/1', 'cities/2');
    states.acquired(lease('7'), rows(['cities/1']), '6-0');
    expect(states.acquired(lease('7'), rows(['cities/2']), '7-0')).toEqual(['cities/2']);
    expect(states.released('7', '8-0', ['cities/1'])).toEqual(['cities/1']);
    expect(states.leases.on('cities/1')).toEqual([]);
    const task = { type: 'task', id: 't', label: 'Rename', actor: { id: 'ann', name: 'Ann' } } as const;
    expect(states.transferred('7', task, '9-0')).toEqual(['cities/2']);
    expect(states.leases.get('7')?.holder).toEqual(task);
    expect(states.leases.taskIds()).toEqual(['t']);
  });

  it('a watched record keeps shared leases apart, and is free when the last has ended', () => {
    const states = statesOf('cities/1');
    states.acquired(lease('7', 'shared'), rows(['cities/1']), '6-0');
    states.acquired(lease('8', 'shared'), rows(['cities/1']), '7-0');
    expect(states.leases.on('cities/1')).toEqual(['7', '8']);
    expect(states.released('7', '8-0')).toEqual(['cities/1']);
    expect(states.leases.on('cities/1')).toEqual(['8']);
    expect(states.released('7', '9-0')).toEqual([]);
  });

  it('watched records change after a gap only if their leases differ', () => {
    const states = statesOf('cities/1', 'cities/2', 'cities/3');
    states.acquired(lease('7'), rows(['cities/1', 'cities/2']), '6-0');
    const later = snapshot('20-0', { 'cities/2': ['7'], 'cities/3': ['9'] });
    expect(states.load(['cities/1', 'cities/2', 'cities/3'], later)).toEqual(['cities/1', 'cities/3']);
    expect(states.leases.on('cities/3')).toEqual(['9']);
  });
});
