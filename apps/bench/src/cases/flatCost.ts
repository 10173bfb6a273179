/** Whether the verbs on a whole lease cost the same for one record and for ten thousand. */
import { median, rounded } from '../report/statistics.ts';
import type { HeldRecords, OpenLockSystem } from '../systems/lockSystem.ts';

export const FLAT_VERBS = ['renew', 'transfer', 'release'] as const;
type FlatVerb = (typeof FLAT_VERBS)[number];

export interface FlatCost {
  verb: FlatVerb;
  records: number;
  oneMs: number;
  manyMs: number;
}

export interface FlatCostOptions {
  system: OpenLockSystem;
  one: readonly string[];
  many: readonly string[];
  rounds: number;
  onRound?: (done: number, of: number) => void;
  now?: () => number;
}

/**
 * Right after they have processed thousands of ids, Node and Redis are a little slower. So the verbs that can repeat are
 * called many times, and the first few calls do not decide the median.
 */
const RENEWALS_A_ROUND = 20;
const TRANSFERS_A_ROUND = 20;

/**
 * Measures both sizes in every round. Each comes first in every second round. The result omits verbs that the system does
 * not have.
 */
export async function flatCost({
  system,
  one,
  many,
  rounds,
  onRound = () => {},
  now = () => performance.now(),
}: FlatCostOptions): Promise<FlatCost[]> {
  const times = new Map<string, number[]>();
  const time = async (verb: FlatVerb, ids: readonly string[], work: () => Promise<void>) => {
    const startedAt = now();
    await work();
    const key = `${verb} ${ids.length}`;
    times.set(key, [...(times.get(key) ?? []), now() - startedAt]);
  };

  for (let round = 0; round < rounds; round++) {
    for (const ids of round % 2 === 0 ? [one, many] : [many, one]) {
      const held: HeldRecords = await system.acquire(ids);
      for (let i = 0; held.renew && i < RENEWALS_A_ROUND; i++) await time('renew', ids, () => held.renew!());
      for (let i = 0; held.transfer && i < TRANSFERS_A_ROUND; i++) {
        await time('transfer', ids, () => held.transfer!());
      }
      await time('release', ids, () => held.release());
      await system.clearUp?.();
    }
    onRound(round + 1, rounds);
  }
  return FLAT_VERBS.flatMap((verb) => {
    const ofOne = times.get(`${verb} ${one.length}`);
    const ofMany = times.get(`${verb} ${many.length}`);
    if (!ofOne || !ofMany) return [];
    return { verb, records: many.length, oneMs: rounded(median(ofOne)), manyMs: rounded(median(ofMany)) };
  });
}
