/** The number of rounds of each part: enough for steady medians, in a few minutes altogether. */
import type { LeftOut } from './report/report.ts';

export interface Plan {
  sizes: readonly number[];
  /** Rounds of the quick systems at a size */
  costRounds(records: number): number;
  oneRecordRounds: number;
  flatRounds: number;
  subtreeRounds: number;
  blockingRounds: number;
  contentionRounds: number;
  /** How long the holders contend for a record of one system in a round, in ms */
  contentionMs: number;
}

export interface PlanOptions {
  sizes?: readonly number[] | undefined;
  rounds?: number | undefined;
  isQuick?: boolean | undefined;
}

const DEFAULT_SIZES: readonly number[] = [1, 100, 10_000, 50_000];
/** More records than most lists in an admin UI. Acquiring them in one step blocks Redis. */
export const MANY_RECORDS = 50_000;
export const HOLDERS = 20;
export const WORK_MS = 2;
export const SECTIONS_EACH = 10;

/** @param rounds of each part, instead of its default */
export function createPlan({ sizes, rounds, isQuick = false }: PlanOptions): Plan {
  const or = (full: number, quick: number) => rounds ?? (isQuick ? quick : full);
  return {
    sizes: sizes ?? DEFAULT_SIZES,
    costRounds(records) {
      if (records <= 10) return or(1_000, 100);
      if (records <= 1_000) return or(300, 30);
      return records <= 20_000 ? or(100, 8) : or(15, 2);
    },
    oneRecordRounds: or(3_000, 200),
    flatRounds: or(100, 20),
    subtreeRounds: or(400, 40),
    blockingRounds: or(15, 3),
    contentionRounds: Math.min(or(5, 1), 10),
    contentionMs: isQuick ? 1_000 : 4_000,
  };
}

/** Systems that send one call a record. With many records, they take seconds a round. */
const CALL_A_RECORD = new Set(['redlock-universal', 'redis-semaphore']);

/** The rounds of a system at a size, given the `rounds` of fast systems. If it does not run, the reason. */
export function planRounds(
  system: string,
  records: number,
  rounds: number,
): number | Omit<LeftOut, 'system'> {
  if (CALL_A_RECORD.has(system)) {
    if (records > 20_000) return { records, reason: 'one call a record takes seconds a round, as at 10,000' };
    return records > 1_000 ? atLeastTwo(rounds / 10) : rounds;
  }
  if (system === 'PostgreSQL table' && records > 1_000) return atLeastTwo(rounds / 5);
  return rounds;
}

const atLeastTwo = (rounds: number): number => Math.max(2, Math.round(rounds));
