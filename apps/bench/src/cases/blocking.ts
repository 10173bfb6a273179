/** How long a claim of very many records keeps every other client of the same Redis waiting. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { largest, median, rounded } from '../report/statistics.ts';
import type { HeldRecords, OpenLockSystem } from '../systems/lockSystem.ts';
import type { Prober } from './prober.ts';
import { longestCommandDuring } from './slowLog.ts';

export interface BlockingCost {
  system: string;
  records: number;
  rounds: number;
  claimMs: number;
  /** The longest command of each claim by Redis's own measure: median and maximum over the rounds */
  longestCommandMs: number;
  longestCommandMaxMs: number;
  /** The same of what follows: release, and what it leaves for later. */
  longestAfterwardsMs: number;
  /** The worst wait of another client in each claim, and in as long a time of idleness: medians over the rounds */
  worstWaitMs: number;
  worstWaitMaxMs: number;
  idleWorstWaitMs: number;
}

export interface BlockingOptions {
  name: string;
  system: OpenLockSystem;
  redis: Redis;
  prober: Prober;
  ids: readonly string[];
  rounds: number;
  onRound?: (done: number, of: number) => void;
}

/** Redis measures in one half of each round, and the other client in the other half: the slow log would slow it. */
export async function blocking({
  name,
  system,
  redis,
  prober,
  ids,
  rounds,
  onRound = () => {},
}: BlockingOptions): Promise<BlockingCost> {
  const claims: number[] = [];
  const longest: number[] = [];
  const afterwards: number[] = [];
  const waits: number[] = [];
  const idleWaits: number[] = [];

  const claim = () => system.acquire(ids);
  async function free(held: HeldRecords): Promise<void> {
    await held.release();
    await system.clearUp?.();
  }

  await free(await claim());
  for (let round = 0; round < rounds; round++) {
    const logged = await longestCommandDuring(redis, claim);
    longest.push(logged.longestMs);
    afterwards.push((await longestCommandDuring(redis, () => free(logged.result))).longestMs);

    const startedAt = performance.now();
    const probed = await prober.during(claim);
    const claimMs = performance.now() - startedAt;
    claims.push(claimMs);
    waits.push(probed.worstMs);
    await free(probed.result);
    idleWaits.push((await prober.during(() => delay(claimMs))).worstMs);
    onRound(round + 1, rounds);
  }
  return {
    system: name,
    records: ids.length,
    rounds,
    claimMs: rounded(median(claims)),
    longestCommandMs: rounded(median(longest)),
    longestCommandMaxMs: rounded(largest(longest)),
    longestAfterwardsMs: rounded(median(afterwards)),
    worstWaitMs: rounded(median(waits)),
    worstWaitMaxMs: rounded(largest(waits)),
    idleWorstWaitMs: rounded(median(idleWaits)),
  };
}
