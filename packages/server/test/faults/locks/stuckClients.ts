/** Clients whose last call does not end. */
import { setTimeout as rest } from 'node:timers/promises';
import type { Violation } from './checkHistory.ts';
import { nowMs } from './history.ts';

/** A client finishes its current call before it stops. That call may wait, or get no answer. */
const STOP_TIMEOUT_MS = 10_000;

/** The names of the clients that have not stopped in time. */
export async function namesOfStuck(
  clients: readonly { name: string; done: Promise<void> }[],
): Promise<string[]> {
  const running = new Set(clients.map(({ name }) => name));
  const giveUp = new AbortController();
  const tooLate = rest(STOP_TIMEOUT_MS, undefined, { signal: giveUp.signal }).catch(() => {});
  const all = clients.map(async ({ name, done }) => {
    await done;
    running.delete(name);
  });
  await Promise.race([Promise.all(all), tooLate]);
  giveUp.abort();
  return [...running];
}

export function violationOfStuck(names: readonly string[]): Violation {
  return {
    rule: 'every call ends',
    message: `${names.join(', ')} did not stop: a call was still open after ${STOP_TIMEOUT_MS / 1_000} s.`,
    leaseIds: [],
    fromMs: nowMs() - STOP_TIMEOUT_MS,
    untilMs: nowMs(),
  };
}
