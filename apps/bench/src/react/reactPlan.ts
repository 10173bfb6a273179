/** How large and how long each part of `pnpm bench react` is. */
export interface ReactPlan {
  rows: number;
  progress: { bars: number; eventsPerSecond: number; forMs: number };
  mount: { hooks: number; rounds: number };
}

export const REACT_PLAN: ReactPlan = {
  rows: 1_000,
  progress: { bars: 20, eventsPerSecond: 10_000, forMs: 10_000 },
  mount: { hooks: 1_000, rounds: 25 },
};

export const QUICK_REACT_PLAN: ReactPlan = {
  ...REACT_PLAN,
  progress: { ...REACT_PLAN.progress, forMs: 3_000 },
  mount: { hooks: 1_000, rounds: 7 },
};
