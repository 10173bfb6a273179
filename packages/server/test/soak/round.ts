/** One round of a soak run: a Redis of its own, clients, and random faults one after the other. */

import { setTimeout as rest } from 'node:timers/promises';
import { type Random, seeded } from '@rowlock/test-utils';
import { startArena } from '../faults/locks/arena.ts';
import type { Violation } from '../faults/locks/checkHistory.ts';
import { FAULTS, type FaultName } from '../faults/locks/faults.ts';
import type { Operation } from '../faults/locks/history.ts';

export interface RoundPlan {
  seed: number;
  clients: number;
  faults: readonly FaultName[];
  lengthMs: number;
  say(line: string): void;
}

export interface Round {
  seed: number;
  appendonly: 'no' | 'everysec' | 'always';
  injected: readonly FaultName[];
  history: readonly Operation[];
  violations: readonly Violation[];
}

/** The longest pause between two faults. It is long enough for leases to expire, and for a restart grace to end. */
const LONGEST_QUIET_MS = 2_500;
/** The clients are under way when the history has this many operations. */
const UNDER_WAY = 20;
const START_TIMEOUT_MS = 10_000;

/** Runs a round, and judges it. If the signal aborts, the round ends early. */
export async function runRound(plan: RoundPlan, stop: AbortSignal): Promise<Round> {
  const { seed, clients, lengthMs, say } = plan;
  const random: Random = seeded(seed);
  const appendonly = random.pick(['no', 'everysec', 'always'] as const);
  // A quarter of the clients are in this process, so that not each has its own process.
  const inProcess = Math.floor(clients / 4);
  const arena = await startArena({
    seed,
    appendonly,
    isClockAdjustable: true,
    inProcess,
    processes: clients - inProcess,
    restMs: random.pick([5, 20, 60]),
    longHoldChance: 0.08,
  });
  const injected: FaultName[] = [];
  const startedAtMs = performance.now();
  const endsAtMs = startedAtMs + lengthMs;
  const isOver = () => stop.aborted || performance.now() >= endsAtMs;
  try {
    // On a busy machine, processes start slowly. A fault before that would affect no client.
    const isUnderWay = () =>
      arena.history.length >= UNDER_WAY || performance.now() > startedAtMs + START_TIMEOUT_MS;
    while (!stop.aborted && !isUnderWay()) await quiet(50, stop);
    while (!isOver() && plan.faults.length > 0) {
      const name = random.pick(plan.faults);
      say(`  ${name}`);
      await FAULTS[name](arena, random);
      injected.push(name);
      await quiet(random.between(100, LONGEST_QUIET_MS), stop);
    }
    if (!isOver()) await quiet(endsAtMs - performance.now(), stop);
    return { seed, appendonly, injected, violations: await arena.finish(), history: arena.history };
  } finally {
    await arena.close();
  }
}

const quiet = (ms: number, signal: AbortSignal) => rest(ms, undefined, { signal }).catch(() => {});
