/** How large and how long each part of `pnpm bench live` is. */
import { TABLE, type Table } from './screens/table.ts';

/** The parts of the bench, in the order in which they run. */
export const LIVE_CASES = ['first', 'steady', 'message', 'memory', 'reach', 'polling'] as const;
export type LiveCase = (typeof LIVE_CASES)[number];

export interface LivePlan {
  table: Table;
  /** Processes that share the screens, so that no server waits for its clients */
  screenProcesses: number;
  first: { tasks: number; rounds: number; pauseMs: number };
  steady: { screens: number; forMs: number };
  /** `locks`: bulk locks of a turn, each of which is acquired and released */
  message: { screens: number; rounds: number; locks: number };
  memory: { screens: number; rounds: number };
  reach: { screens: number; rounds: number };
  polling: { screens: number; rounds: number; forMs: number; everyMs: number };
}

export const LIVE_PLAN: LivePlan = {
  table: TABLE,
  screenProcesses: 4,
  first: { tasks: 8, rounds: 25, pauseMs: 1_200 },
  steady: { screens: 1_000, forMs: 15_000 },
  message: { screens: 1_000, rounds: 9, locks: 5 },
  memory: { screens: 3_000, rounds: 3 },
  reach: { screens: 5_000, rounds: 7 },
  polling: { screens: 1_000, rounds: 3, forMs: 10_000, everyMs: 1_000 },
};

export const QUICK_LIVE_PLAN: LivePlan = {
  ...LIVE_PLAN,
  screenProcesses: 2,
  first: { tasks: 8, rounds: 5, pauseMs: 1_200 },
  steady: { screens: 200, forMs: 4_000 },
  message: { screens: 200, rounds: 3, locks: 3 },
  memory: { screens: 1_000, rounds: 1 },
  reach: { screens: 500, rounds: 3 },
  polling: { screens: 200, rounds: 1, forMs: 6_000, everyMs: 1_000 },
};
