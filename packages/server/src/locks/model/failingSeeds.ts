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
];
