/** Watches which worker is at which row. Throws if two workers exclude each other, or if a fence does not rise. */
import type { LockMode, RecordKey } from '@rowlock/protocol';
import { locksOf } from './modelLocks.ts';
import type { Step } from './steps.ts';
import { rowsUnder } from './universe.ts';

export interface Presence {
  /**
   * Returns a function that leaves the rows again.
   *
   * @throws {Error} if a conflicting worker is there, or one with a higher fence was
   */
  enter(who: string, fence: string, work: Pick<Step, 'records' | 'mode' | 'scope'>): () => void;
}

export function watchPresence(): Presence {
  const present = new Map<RecordKey, { who: string; mode: LockMode }[]>();
  const highest = new Map<RecordKey, number>();
  return {
    enter(who, fence, { records = [], mode = 'exclusive', scope = 'record' }) {
      const rows = new Set(locksOf(records, scope).flatMap((lock) => rowsUnder(lock.key, lock.isSubtree)));
      const own = { who, mode };
      for (const row of rows) {
        const there = present.get(row) ?? [];
        const other = there.find((one) => mode === 'exclusive' || one.mode === 'exclusive');
        if (other) throw new Error(`P1: ${who} and ${other.who} are at ${row} at the same time`);
        if (mode === 'exclusive' && Number(fence) <= (highest.get(row) ?? 0)) {
          throw new Error(`P5: ${who} is at ${row} under fence ${fence}, after ${highest.get(row)}`);
        }
        highest.set(row, Math.max(Number(fence), highest.get(row) ?? 0));
        present.set(row, [...there, own]);
      }
      return () => {
        for (const row of rows)
          present.set(
            row,
            present.get(row)!.filter((one) => one !== own),
          );
      };
    },
  };
}
