/** Many that want the same record: how many get it a second, how fairly, and whether ever two had it at once. */
import { largest, mean } from '../report/statistics.ts';
import type { Contender } from '../systems/lockSystem.ts';
import { spendMs } from './spendMs.ts';

export interface ContentionOptions {
  contenders: readonly Contender[];
  id: string;
  /**
   * For so long, or until each has had so many sections. The first flatters a system in which whoever has just freed
   * the record takes it again at once, while all others wait; in the second, everybody's turn must come.
   */
  goal: { durationMs: number } | { sectionsEach: number };
  /** What each does with the record while it has it */
  workMs: number;
  work?: (ms: number) => Promise<void>;
  now?: () => number;
}

export interface ContentionSample {
  /** Sections that were finished within the time */
  sections: number;
  sectionsPerSecond: number;
  meanWaitMs: number;
  /** Also of those that still waited at the end */
  longestWaitMs: number;
  /** Of the contender that had fewest, and of the one that had most */
  fewestSections: number;
  mostSections: number;
  /** What the work took in truth, on average */
  meanWorkMs: number;
  /** Sections that another one overwrote: with exclusion there are none */
  lostUpdates: number;
}

/**
 * Each takes the record, works, gives it back and wants it again at once. The work is a read, a while, and a write of
 * the value plus one; so whoever was there at the same time makes the count fall short.
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
  const sectionsOf = contenders.map(() => 0);
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

  async function contend(contender: Contender, place: number): Promise<void> {
    while (now() < endsAt && sectionsOf[place]! < most) {
      const wantedAt = now();
      const unlock = await contender.lock(id);
      waitsMs.push(Math.min(now(), endsAt) - wantedAt);
      if (now() < endsAt) {
        await section();
        if (now() <= endsAt) sectionsOf[place]!++;
      }
      await unlock();
    }
  }

  await Promise.all(contenders.map(contend));
  const sections = sectionsOf.reduce((sum, own) => sum + own, 0);
  return {
    sections,
    sectionsPerSecond: (sections * 1000) / (Math.min(now(), endsAt) - startedAt),
    meanWaitMs: mean(waitsMs),
    longestWaitMs: largest(waitsMs),
    fewestSections: Math.min(...sectionsOf),
    mostSections: Math.max(...sectionsOf),
    meanWorkMs: mean(worksMs),
    lostUpdates: updates - counter,
  };
}
