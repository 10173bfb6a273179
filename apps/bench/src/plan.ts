/** How much of each is run: enough for steady medians, in a few minutes altogether. */
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
  /** How long one system is contended for in a round */
  contentionMs: number;
}

export interface PlanOptions {
  sizes?: readonly number[] | undefined;
  rounds?: number | undefined;
  isQuick?: boolean | undefined;
}

const DEFAULT_SIZES: readonly number[] = [1, 100, 10_000, 50_000];
/** More than most lists in an admin UI, and what blocks Redis if it is claimed in one step. */
export const LARGE_CLAIM = 50_000;
export const HOLDERS = 20;
export const WORK_MS = 2;
export const SECTIONS_EACH = 10;

/** @param rounds of everything, instead of what each part has by default */
export function planOf({ sizes, rounds, isQuick = false }: PlanOptions): Plan {
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

/** A call a record and a promise for each: at many records these take seconds a round. */
const CALL_A_RECORD = new Set(['redlock-universal', 'redis-semaphore']);

/** Rounds of one system at a size, of `rounds` that the quick ones run; or the reason why there are none. */
export function share(system: string, records: number, rounds: number): number | Omit<LeftOut, 'system'> {
  if (CALL_A_RECORD.has(system)) {
    if (records > 20_000) return { records, reason: 'sends a call a record: seconds a round, as at 10,000' };
    return records > 1_000 ? atLeastTwo(rounds / 10) : rounds;
  }
  if (system === 'PostgreSQL table' && records > 1_000) return atLeastTwo(rounds / 5);
  return rounds;
}

const atLeastTwo = (rounds: number): number => Math.max(2, Math.round(rounds));
