/** The runs that are recorded. */
import type { z } from 'zod';
import type { workTask } from './workTask.ts';

type Work = z.input<typeof workTask.input>;

export interface Run {
  name: string;
  /** Launched one after the other. The second and later ones wait for their records */
  tasks: Work[];
  /** Kills the worker when the first task has done so many units, and starts another one */
  killsAfter?: number;
}

const uniform: Work = { count: 300, firstMs: 120, lastMs: 120, isReleasing: true, seed: 1 };
const short: Work = { ...uniform, count: 150, firstMs: 90, lastMs: 90 };

export const runs: readonly Run[] = [
  { name: 'uniform', tasks: [uniform] },
  { name: 'slowing', tasks: [{ ...uniform, firstMs: 80, lastMs: 200, seed: 2 }] },
  { name: 'retriedAfterCrash', tasks: [{ ...uniform, seed: 3 }], killsAfter: 25 },
  { name: 'retriedAfterError', tasks: [{ ...uniform, isReleasing: false, failsAfter: 40, seed: 4 }] },
  {
    name: 'severalWaiters',
    tasks: [
      { ...short, seed: 5 },
      { ...short, seed: 6 },
      { ...short, count: 75, seed: 7 },
    ],
  },
];
