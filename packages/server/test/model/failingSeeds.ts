/**
 * Sequences on which the registry and the model once differed, as short as possible. They are replayed first, as steps,
 * because a seed gives other steps as soon as a generator changes. The seed only says where a sequence came from.
 */
import type { Step } from './steps.ts';

export interface FailingSeed {
  seed: number;
  path: string;
  /** The wrong behaviour, in one line */
  found: string;
  steps: readonly Step[];
  /** Requests for more records than this are acquired in parts of this size. Default: all at once */
  partSize?: number;
}

export const FAILING_SEEDS: readonly FailingSeed[] = [
  {
    seed: 480972847,
    path: '12:2:1:4:3:4:4:4:4:4:4:4:4:4:4:3:3',
    found:
      'a lease could not be extended by a record that it held already if another lease waited for that record',
    steps: [
      { verb: 'acquire', holder: 0, records: ['countries/A'], onConflict: 'wait' },
      { verb: 'acquire', holder: 0, records: ['countries/A'], onConflict: 'wait' },
      { verb: 'extend', pick: 0, records: ['countries/A'], onConflict: 'refuse' },
    ],
  },
  {
    seed: 720062582,
    path: '19:1:0:6:5',
    found:
      'a resource below two whole resources was counted twice, so the release of all records did not end the lease',
    steps: [
      {
        verb: 'acquire',
        holder: 0,
        records: ['regions/*', 'countries/*'],
        scope: 'subtree',
        onConflict: 'wait',
      },
      { verb: 'free', pick: 0, records: ['regions/*', 'countries/*', 'cities/*'] },
    ],
  },
  {
    seed: -1771763650,
    path: '54:4:7:7:6:7:9:10:7:6:5:4:3:3:4:5:4:5:5:3:4:11:8',
    found: 'a large request that would deadlock named itself among the blocking leases',
    partSize: 1,
    steps: [
      { verb: 'acquire', holder: 0, records: ['countries/A'], onConflict: 'wait' },
      { verb: 'acquire', holder: 1, records: ['countries/A'], onConflict: 'wait' },
      {
        ...{ verb: 'acquire', holder: 0, onConflict: 'wait' },
        records: ['regions/*', 'regions/a2', 'countries/A'],
      },
    ],
  },
  {
    seed: 2003702435,
    path: '25:2:5:5:7:6:10:9:8:8:8:8:8:9:9:9:10:10:10:10',
    found:
      'a lease that had released a whole resource could not be transferred while another tab held a record of it',
    partSize: 1,
    steps: [
      {
        ...{ verb: 'acquire', holder: 0, shares: true, onConflict: 'wait' },
        records: ['countries/*', 'countries/A'],
      },
      { verb: 'free', pick: 0, records: ['countries/*'] },
      { verb: 'acquire', holder: 0, records: ['countries/B'], onConflict: 'wait' },
      { verb: 'transfer', pick: 0, holder: 0 },
    ],
  },
  {
    seed: -101069734,
    path: '861:23:23:25:26:21:21:23:23:26:26:19:22:22:23:22:26:27:29:30:28:24:14:22:23:23:23:24:25:29:29',
    found: 'a waiting tab came into force beside a lease that its other tab had transferred',
    steps: [
      { verb: 'acquire', holder: 0, records: ['countries/A'], onConflict: 'wait' },
      { verb: 'acquire', holder: 1, shares: true, records: ['regions/a2'], onConflict: 'wait' },
      {
        ...{ verb: 'acquire', holder: 3, shares: true, onConflict: 'wait' },
        records: ['regions/a2', 'countries/A'],
      },
      { verb: 'transfer', pick: 1, holder: 2 },
      { verb: 'release', pick: 0 },
    ],
  },
];

export interface FailingRace {
  seed: number;
  path: string;
  found: string;
  rounds: readonly (readonly Step[])[];
  /** The order of all scripts, each by the number of its request for a turn */
  turns: readonly number[];
}

export const FAILING_RACES: readonly FailingRace[] = [
  {
    seed: -1591482325,
    path: '30:4:3:5:3:5:5:6:6:6:6:6:6:12:15:5:10:7:6:6:7:7',
    found: 'two large requests, each in parts, waited for each other forever',
    rounds: [
      [
        { verb: 'acquire', holder: 0, records: ['regions/*', 'countries/A'], onConflict: 'wait' },
        { verb: 'acquire', holder: 0, records: ['regions/a2', 'countries/A'], onConflict: 'wait' },
      ],
      [{ verb: 'renewWaiting', pick: 0 }],
    ],
    turns: [1, 2, 3, 5, 4, 6, 7],
  },
];
