/**
 * Sequences on which the registry and the model once differed, made as short as they could be. They are replayed first,
 * as steps: a seed means something else as soon as a generator changes, and is kept to say where they came from.
 */
import type { Step } from './steps.ts';

export interface FailingSeed {
  seed: number;
  path: string;
  /** What it found, in a line */
  found: string;
  steps: readonly Step[];
  /** Claims of more records than this are made in parts of this size. Default: all at once */
  partSize?: number;
}

export const FAILING_SEEDS: readonly FailingSeed[] = [
  {
    seed: 480972847,
    path: '12:2:1:4:3:4:4:4:4:4:4:4:4:4:4:3:3',
    found: 'a lease was refused what it had already, where somebody waited for it',
    steps: [
      { verb: 'acquire', holder: 0, records: ['countries/A'], onConflict: 'wait' },
      { verb: 'acquire', holder: 0, records: ['countries/A'], onConflict: 'wait' },
      { verb: 'extend', pick: 0, records: ['countries/A'], onConflict: 'refuse' },
    ],
  },
  {
    seed: 720062582,
    path: '19:1:0:6:5',
    found: 'a resource below two whole ones was counted twice, so that letting all go did not end the lease',
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
    found: 'a large claim that would wait in a circle named itself among those in the way',
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
];

export interface FailingRace {
  seed: number;
  path: string;
  found: string;
  rounds: readonly (readonly Step[])[];
  /** The scripts of all calls, by the numbers under which they asked for a turn */
  turns: readonly number[];
}

export const FAILING_RACES: readonly FailingRace[] = [
  {
    seed: -1591482325,
    path: '30:4:3:5:3:5:5:6:6:6:6:6:6:12:15:5:10:7:6:6:7:7',
    found: 'two large claims, each in parts, waited for each other for ever',
    rounds: [
      [
        { verb: 'acquire', holder: 0, records: ['regions/*', 'countries/A'], onConflict: 'wait' },
        { verb: 'acquire', holder: 0, records: ['regions/a2', 'countries/A'], onConflict: 'wait' },
      ],
      [{ verb: 'stand', pick: 0 }],
    ],
    turns: [1, 2, 3, 5, 4, 6, 7],
  },
];
