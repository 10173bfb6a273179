import type { Report } from './report.ts';

/** For tests: a small made-up report that meets every bar. */
export function goodReport(): Report {
  const cost = { verb: 'acquire', records: 10_000, rounds: 60, p99Ms: 40 } as const;
  return {
    machine: {
      ...{ processor: 'Imagined', cores: 2, memoryGiB: 8, system: 'Linux x64' },
      ...{ node: '24.0.0', redis: '7.0.0', postgres: '15.0', loadBefore: 0.1 },
    },
    costs: [
      { ...cost, system: 'rowlock', medianMs: 10 },
      { ...cost, system: 'redlock', medianMs: 20 },
    ],
    ratios: { 'acquire@10000': { floor: 0.9, redlock: 0.5 } },
    oneRecord: { acquireMs: 0.2, setNxMs: 0.125, ratio: 1.6 },
    leftOut: [{ system: 'redis-semaphore', records: 50_000, reason: 'too slow' }],
    flat: (['renew', 'transfer', 'release'] as const).map((verb) => ({
      ...{ verb, records: 10_000, oneMs: 0.2, manyMs: 0.25 },
    })),
    subtree: { citiesBelow: 8_836, oneRecordMs: 0.25, subtreeMs: 0.3, eachCityMs: 12 },
    blocking: [
      {
        ...{ system: 'rowlock', records: 50_000, rounds: 15, acquireMs: 90, idleWorstWaitMs: 1 },
        ...{ longestCommandMs: 12, longestCommandMaxMs: 14, longestAfterwardsMs: 2 },
        ...{ worstWaitMs: 14, worstWaitMaxMs: 17 },
      },
      {
        ...{ system: 'redlock', records: 50_000, rounds: 3, acquireMs: 170, idleWorstWaitMs: 1 },
        ...{ longestCommandMs: 200, longestCommandMaxMs: 210, longestAfterwardsMs: 75 },
        ...{ worstWaitMs: 120, worstWaitMaxMs: 122 },
      },
    ],
    memory: [
      {
        ...{ system: 'rowlock', records: 10_000 },
        ...{ keyBytesPerRecord: 90, usedBytesPerRecord: 98, bytesPerRecord: 98 },
      },
    ],
    contention: [
      {
        ...{
          system: 'rowlock',
          rounds: 3,
          sections: 1_700,
          sectionsPerSecond: 425,
          equalTurnsPerSecond: 410,
        },
        ...{ meanWaitMs: 45, longestWaitMs: 60, longestToMeanWait: 1.33, meanWorkMs: 2.01 },
        ...{ fewestSections: 84, mostSections: 86, lostUpdates: 0 },
      },
    ],
  };
}
