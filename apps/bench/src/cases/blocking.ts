/** How long every other client of the same Redis waits while very many records are acquired. */
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
  acquireMs: number;
  /** The longest command of each acquire as Redis measures it: median and maximum over the rounds */
  longestCommandMs: number;
  longestCommandMaxMs: number;
  /** The longest command of the release and of the sweep after it: median over the rounds */
  longestAfterwardsMs: number;
  /** The worst wait of another client during each acquire, and in an idle time of the same length: over the rounds */
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

/** Measures commands in the first half of each round and waits in the second, because the slow log slows Redis down. */
export async function blocking({
  name,
  system,
  redis,
  prober,
  ids,
  rounds,
  onRound = () => {},
}: BlockingOptions): Promise<BlockingCost> {
  const acquires: number[] = [];
  const longest: number[] = [];
  const afterwards: number[] = [];
  const waits: number[] = [];
  const idleWaits: number[] = [];

  const acquire = () => system.acquire(ids);
  async function release(held: HeldRecords): Promise<void> {
    await held.release();
    await system.clearUp?.();
  }

  await release(await acquire());
  for (let round = 0; round < rounds; round++) {
    const logged = await longestCommandDuring(redis, acquire);
    longest.push(logged.longestMs);
    afterwards.push((await longestCommandDuring(redis, () => release(logged.result))).longestMs);

    const startedAt = performance.now();
    const probed = await prober.during(acquire);
    const acquireMs = performance.now() - startedAt;
    acquires.push(acquireMs);
    waits.push(probed.worstMs);
    await release(probed.result);
    idleWaits.push((await prober.during(() => delay(acquireMs))).worstMs);
    onRound(round + 1, rounds);
  }
  return {
    system: name,
    records: ids.length,
    rounds,
    acquireMs: rounded(median(acquires)),
    longestCommandMs: rounded(median(longest)),
    longestCommandMaxMs: rounded(largest(longest)),
    longestAfterwardsMs: rounded(median(afterwards)),
    worstWaitMs: rounded(median(waits)),
    worstWaitMaxMs: rounded(largest(waits)),
    idleWorstWaitMs: rounded(median(idleWaits)),
  };
}
