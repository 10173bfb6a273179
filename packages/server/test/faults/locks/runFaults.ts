/** Clients compete for records while one fault follows the other: the short form of a soak run. */
import { setTimeout as rest } from 'node:timers/promises';
import { seeded, until } from '@rowlock/test-utils';
import { type ArenaOptions, startArena } from './arena.ts';
import type { Violation } from './checkHistory.ts';
import { FAULTS, type FaultName } from './faults.ts';
import type { Operation } from './history.ts';

export interface FaultyRun {
  violations: readonly Violation[];
  history: readonly Operation[];
}

const BETWEEN_MS = 300;
const TIMEOUT_MS = 15_000;

/** Injects the faults once clients acquire records, and ends once they acquire records again. */
export async function runFaults(faults: readonly FaultName[], options: ArenaOptions): Promise<FaultyRun> {
  const arena = await startArena(options);
  const random = seeded(options.seed);
  const countAcquired = () =>
    arena.history.filter((one) => one.verb === 'acquire' && one.answer.kind === 'acquired').length;
  async function untilAcquired(count: number): Promise<void> {
    const before = countAcquired();
    const what = `clients to acquire ${count} more leases`;
    await until(() => countAcquired() >= before + count, { timeoutMs: TIMEOUT_MS, what });
  }
  try {
    await untilAcquired(10);
    for (const name of faults) {
      await FAULTS[name](arena, random);
      await rest(BETWEEN_MS);
    }
    await untilAcquired(20);
    return { violations: await arena.finish(), history: arena.history };
  } finally {
    await arena.close();
  }
}
