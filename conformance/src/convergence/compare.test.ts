import { expect, test } from 'vitest';
import { differencesOf, strayLeases } from './compare.ts';
import type { Truth } from './truth.ts';
import type { TabView } from './world/tab.ts';

const task = { id: 't1', state: 'running', version: 3 } as Truth['tasks'][number];
const truth: Truth = {
  leases: new Map([
    ['cities/1', ['7']],
    ['cities/2', []],
  ]),
  holders: new Map([['7', 'tab-1']]),
  tasks: [task],
};
const equal: TabView = {
  status: 'live',
  sessionId: 'tab-1',
  leases: new Map(truth.leases),
  tasks: [task],
  counts: { leaseCount: 1, recordCount: 1 },
  held: [{ leaseId: '7', records: ['cities/1'] }],
  fromVersion: 10,
  heard: new Map([['cities/2', 12]]),
};
const changes = new Map([
  ['cities/1', 9],
  ['cities/2', 12],
] as const);

test('a view that equals the registry has no difference', () => {
  expect(differencesOf(equal, truth, changes)).toEqual([]);
  expect(strayLeases(equal, truth)).toEqual([]);
});

test.each<[string, Partial<TabView>, string]>([
  ['is not live', { status: 'uncertain' }, 'it is uncertain'],
  [
    'misses a lease',
    {
      leases: new Map([
        ['cities/1', []],
        ['cities/2', []],
      ]),
    },
    'cities/1 shows the leases []',
  ],
  ['is not certain of a record', { leases: new Map([['cities/2', []]]) }, 'cities/1 is not certain'],
  [
    'shows a lost lease as held',
    { held: [{ leaseId: '7', records: ['cities/2'] }] },
    'does not cover cities/2',
  ],
  ['counts other locks', { counts: { leaseCount: 2, recordCount: 1 } }, 'the resource shows 2 leases'],
  ['misses a task', { tasks: [] }, 'task t1 is not shown'],
  ['shows an old task', { tasks: [{ ...task, version: 2 }] }, 'shown as running of version 2'],
  [
    'shows a task that is gone',
    { tasks: [task, { ...task, id: 't2' }] },
    'task t2 is shown as running, and is unknown',
  ],
  ['has not heard of a change', { heard: new Map() }, 'cities/2 has changed at version 12'],
])('a view that %s differs', (_what, change, message) => {
  const found = differencesOf({ ...equal, ...change }, truth, changes);
  expect(found).toHaveLength(1);
  expect(found[0]).toContain(message);
});

test('a lease of a session that its tab does not show is a stray', () => {
  expect(strayLeases({ ...equal, held: [] }, truth)).toHaveLength(1);
});
