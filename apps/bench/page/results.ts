/** The results of the page, which `src/react` reads. */

export interface RerenderResult {
  /** Rows on the page */
  rows: number;
  /** Rows that the lock event concerns */
  concerned: number;
  /** Rows that rendered again because of it */
  rendered: number;
}

export interface ProgressResult {
  rows: number;
  bars: number;
  /** Progress events that arrived in the page a second */
  eventsPerSecond: number;
  /** Tasks of the main thread that took longer than 50 ms */
  longTasks: number;
  longestTaskMs: number;
  /** From a key press until its handler ran */
  inputDelayMaxMs: number;
  keys: number;
}

export interface MountResult {
  hooks: number;
  /** Medians of the interleaved rounds */
  bareMs: number;
  recordLockMs: number;
  taskLockMs: number;
}

interface BenchPage {
  rerender(rows: number): Promise<RerenderResult>;
  progress(size: {
    rows: number;
    bars: number;
    eventsPerSecond: number;
    forMs: number;
  }): Promise<ProgressResult>;
  mount(size: { hooks: number; rounds: number }): Promise<MountResult>;
}

declare global {
  interface Window {
    bench: BenchPage;
  }
}
