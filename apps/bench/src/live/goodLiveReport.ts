import type { LiveReport } from './liveReport.ts';

/** For tests: a small made-up report that meets every bar. */
export function goodLiveReport(): LiveReport {
  return {
    machine: {
      ...{ processor: 'Imagined', cores: 2, memoryGiB: 8, system: 'Linux x64' },
      ...{ node: '24.0.0', redis: '7.0.0', loadBefore: 0.1 },
    },
    first: {
      ...{ samples: 40, pauseMs: 1_200, ownMs: 1.2, ownP99Ms: 4, byHandMs: 1, byHandP99Ms: 3, ratio: 1.2 },
    },
    steady: {
      screens: 1_000,
      watching: 800,
      forMs: 10_000,
      updatesPerSecond: 3.9,
      ageMs: 150,
      ageP99Ms: 280,
    },
    message: {
      ...{ screens: 1_000, rounds: 9, messages: 8_000, ownMicros: 50, bareMicros: 40, ratio: 1.25 },
      ...{ ownBytes: 900, bareBytes: 895 },
    },
    memory: { screens: 1_000, rounds: 5, ownKiB: 50, bareKiB: 36, ownCpuMs: 1.2, bareCpuMs: 0.6, ratio: 1.4 },
    reach: {
      ...{ screens: 5_000, concerned: 4_000, rounds: 7, lastReachedMs: 700, lastReachedMaxMs: 900 },
      ...{ bareLastReachedMs: 500, ratio: 1.4, foreignMessages: 0 },
    },
    polling: {
      ...{ screens: 1_000, everyMs: 1_000, forMs: 10_000, rounds: 3 },
      live: { cpuMs: 100, bytes: 1_000_000, delayMs: 60 },
      polling: { cpuMs: 2_000, bytes: 12_000_000, delayMs: 540 },
      ratios: { cpuMs: 20, bytes: 12, delayMs: 9 },
      failedPolls: 0,
    },
  };
}
