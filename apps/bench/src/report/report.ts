/** The results of a run, as `--json` prints them. */
import type { BlockingCost } from '../cases/blocking.ts';
import type { ContentionSample } from '../cases/contention.ts';
import type { Samples, Verb } from '../cases/costAtSize.ts';
import type { FlatCost } from '../cases/flatCost.ts';
import type { MemoryCost } from '../cases/memory.ts';
import type { OneRecordCost } from '../cases/oneRecord.ts';
import type { SubtreeCost } from '../cases/subtree.ts';
import type { Machine } from '../machine.ts';
import { median, quantile, rounded } from './statistics.ts';

export interface Report {
  machine: Machine;
  costs: CostResult[];
  /** By `<verb>@<records>`: Rowlock's median divided by that of each other system. Less than 1 is faster */
  ratios: Record<string, Record<string, number>>;
  leftOut: LeftOut[];
  oneRecord: OneRecordCost | null;
  flat: FlatCost[];
  subtree: SubtreeCost | null;
  blocking: BlockingCost[];
  memory: MemoryCost[];
  contention: ContentionResult[];
}

export interface CostResult {
  verb: Verb;
  records: number;
  system: string;
  rounds: number;
  medianMs: number;
  p99Ms: number;
}

/** A system that did not run, and the reason. */
export interface LeftOut {
  system: string;
  /** The size in the case `cost` */
  records?: number;
  reason: string;
}

/** Medians over the rounds, but the sum of lost updates. */
export interface ContentionResult extends ContentionSample {
  system: string;
  rounds: number;
  /** The longest wait of a round divided by its mean wait: median over the rounds */
  longestToMeanWait: number;
  /** Sections a second in the runs that end when each holder has had the same number of sections */
  equalTurnsPerSecond: number;
}

/** The two runs of a system in one round: one for a time, one until each holder has had the same number of sections. */
export interface ContentionRound {
  timed: ContentionSample;
  equalTurns: ContentionSample;
}

export function costResults(samples: readonly Samples[]): CostResult[] {
  return samples.map(({ verb, records, system, timesMs }) => ({
    verb,
    records,
    system,
    rounds: timesMs.length,
    medianMs: rounded(median(timesMs)),
    p99Ms: rounded(quantile(timesMs, 0.99)),
  }));
}

export function computeRatios(samples: readonly Samples[], own = 'rowlock'): Report['ratios'] {
  const ratios: Report['ratios'] = {};
  for (const ours of samples.filter(({ system }) => system === own)) {
    const others = samples.filter(
      ({ verb, records, system }) => verb === ours.verb && records === ours.records && system !== own,
    );
    if (others.length === 0) continue;
    ratios[`${ours.verb}@${ours.records}`] = Object.fromEntries(
      others.map(({ system, timesMs }) => [system, rounded(median(ours.timesMs) / median(timesMs))]),
    );
  }
  return ratios;
}

/** @param rounds at least one */
export function contentionResult(system: string, rounds: readonly ContentionRound[]): ContentionResult {
  const getMedian = (read: (timed: ContentionSample) => number) =>
    rounded(median(rounds.map(({ timed }) => read(timed))));
  return {
    system,
    rounds: rounds.length,
    sections: getMedian(({ sections }) => sections),
    sectionsPerSecond: getMedian(({ sectionsPerSecond }) => sectionsPerSecond),
    equalTurnsPerSecond: rounded(median(rounds.map(({ equalTurns }) => equalTurns.sectionsPerSecond))),
    meanWaitMs: getMedian(({ meanWaitMs }) => meanWaitMs),
    longestWaitMs: getMedian(({ longestWaitMs }) => longestWaitMs),
    longestToMeanWait: getMedian((one) => one.longestWaitMs / Math.max(one.meanWaitMs, Number.EPSILON)),
    fewestSections: getMedian(({ fewestSections }) => fewestSections),
    mostSections: getMedian(({ mostSections }) => mostSections),
    meanWorkMs: getMedian(({ meanWorkMs }) => meanWorkMs),
    lostUpdates: rounds.reduce(
      (sum, { timed, equalTurns }) => sum + timed.lostUpdates + equalTurns.lostUpdates,
      0,
    ),
  };
}
