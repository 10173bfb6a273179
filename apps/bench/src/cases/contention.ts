/** Many holders want the same record. Measures how often a second it is acquired, how fairly, and whether two ever had it at once. */
import { largest, mean } from '../report/statistics.ts';
import type { Contender } from '../systems/lockSystem.ts';
import { spendMs } from './spendMs.ts';

export interface ContentionOptions {
  contenders: readonly Contender[];
  id: string;
  /**
   * The run ends after this time, or when each holder has had this many sections. The time favours systems in which the
   * last holder acquires the record again while all others wait. The number of sections requires a turn for everybody.
   */
  goal: { durationMs: number } | { sectionsEach: number };
  /** How long each holder works while it has the record */
  workMs: number;
  work?: (ms: number) => Promise<void>;
  now?: () => number;
}

export interface ContentionSample {
  /** Sections that were finished within the time */
  sections: number;
  sectionsPerSecond: number;
  meanWaitMs: number;
  /** Includes holders that still waited at the end */
  longestWaitMs: number;
  /** Sections of the holder with the fewest, and of the one with the most */
  fewestSections: number;
  mostSections: number;
  /** How long the work really took, on average */
  meanWorkMs: number;
  /** Sections that another section overwrote. 0 if the lock excludes others */
  lostUpdates: number;
}

/**
 * Each holder acquires the record, works, releases it and wants it again at once. The work reads a value, waits, and
 * writes the value plus one. If two holders work at the same time, the final count is too low.
 */
export async function contention({
  contenders,
  id,
  goal,
  workMs,
  work = spendMs,
  now = () => performance.now(),
}: ContentionOptions): Promise<ContentionSample> {
  let counter = 0;
  let updates = 0;
  const waitsMs: number[] = [];
  const worksMs: number[] = [];
  const sectionCounts = contenders.map(() => 0);
  const startedAt = now();
  const endsAt = 'durationMs' in goal ? startedAt + goal.durationMs : Number.POSITIVE_INFINITY;
  const most = 'sectionsEach' in goal ? goal.sectionsEach : Number.POSITIVE_INFINITY;

  async function section(): Promise<void> {
    const before = now();
    const seen = counter;
    await work(workMs);
    counter = seen + 1;
    updates++;
    worksMs.push(now() - before);
  }

  async function contend(contender: Contender, index: number): Promise<void> {
    while (now() < endsAt && sectionCounts[index]! < most) {
      const wantedAt = now();
      const unlock = await contender.lock(id);
      waitsMs.push(Math.min(now(), endsAt) - wantedAt);
      if (now() < endsAt) {
        await section();
        if (now() <= endsAt) sectionCounts[index]!++;
      }
      await unlock();
    }
  }

  await Promise.all(contenders.map(contend));
  const sections = sectionCounts.reduce((sum, own) => sum + own, 0);
  return {
    sections,
    sectionsPerSecond: (sections * 1000) / (Math.min(now(), endsAt) - startedAt),
    meanWaitMs: mean(waitsMs),
    longestWaitMs: largest(waitsMs),
    fewestSections: Math.min(...sectionCounts),
    mostSections: Math.max(...sectionCounts),
    meanWorkMs: mean(worksMs),
    lostUpdates: updates - counter,
  };
}
