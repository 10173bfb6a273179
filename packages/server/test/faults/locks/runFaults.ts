/** Clients that fight while one fault follows the other: the short form of a soak run. */
import { setTimeout as rest } from 'node:timers/promises';
import { until } from '@rowlock/test-utils';
import { type ArenaOptions, startArena } from './arena.ts';
import type { Violation } from './checkHistory.ts';
import { FAULTS, type FaultName } from './faults.ts';
import type { Operation } from './history.ts';
import { seeded } from './random.ts';

export interface FaultyRun {
  violations: readonly Violation[];
  history: readonly Operation[];
}

const BETWEEN_MS = 300;
const TIMEOUT_MS = 15_000;

/** Begins with clients that are granted records, and is not over before they are granted some again. */
export async function runFaults(faults: readonly FaultName[], options: ArenaOptions): Promise<FaultyRun> {
  const arena = await startArena(options);
  const random = seeded(options.seed);
  const grants = () =>
    arena.history.filter((one) => one.verb === 'acquire' && one.answer.kind === 'acquired').length;
  async function untilGranted(count: number): Promise<void> {
    const before = grants();
    await until(() => grants() >= before + count, { timeoutMs: TIMEOUT_MS, what: `${count} more grants` });
  }
  try {
    await untilGranted(10);
    for (const name of faults) {
      await FAULTS[name](arena, random);
      await rest(BETWEEN_MS);
    }
    await untilGranted(20);
    return { violations: await arena.finish(), history: arena.history };
  } finally {
    await arena.close();
  }
}
