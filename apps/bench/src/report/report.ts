/** All that a run has found, as `--json` prints it. */
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
  /** By `<verb>@<records>`: Rowlock's median divided by each other system's, so that less than 1 means faster. */
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

/** What was not measured, and why. */
export interface LeftOut {
  system: string;
  /** Of the case `cost` */
  records?: number;
  reason: string;
}

/** Medians over the rounds; of lost updates, the sum. */
export interface ContentionResult extends ContentionSample {
  system: string;
  rounds: number;
  /** The median over the rounds of each round's longest wait divided by its mean wait */
  longestToMeanWait: number;
  /** Sections a second where the run ends when everybody has had his share, not after a time */
  equalSharePerSecond: number;
}

/** What one system did in one round: for a time, and until everybody had had his share. */
export interface ContentionRound {
  timed: ContentionSample;
  equalShare: ContentionSample;
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

export function ratiosOf(samples: readonly Samples[], own = 'rowlock'): Report['ratios'] {
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
  const medianOf = (read: (timed: ContentionSample) => number) =>
    rounded(median(rounds.map(({ timed }) => read(timed))));
  return {
    system,
    rounds: rounds.length,
    sections: medianOf(({ sections }) => sections),
    sectionsPerSecond: medianOf(({ sectionsPerSecond }) => sectionsPerSecond),
    equalSharePerSecond: rounded(median(rounds.map(({ equalShare }) => equalShare.sectionsPerSecond))),
    meanWaitMs: medianOf(({ meanWaitMs }) => meanWaitMs),
    longestWaitMs: medianOf(({ longestWaitMs }) => longestWaitMs),
    longestToMeanWait: medianOf((one) => one.longestWaitMs / Math.max(one.meanWaitMs, Number.EPSILON)),
    fewestSections: medianOf(({ fewestSections }) => fewestSections),
    mostSections: medianOf(({ mostSections }) => mostSections),
    meanWorkMs: medianOf(({ meanWorkMs }) => meanWorkMs),
    lostUpdates: rounds.reduce(
      (sum, { timed, equalShare }) => sum + timed.lostUpdates + equalShare.lostUpdates,
      0,
    ),
  };
}
