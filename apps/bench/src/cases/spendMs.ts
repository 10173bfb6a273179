import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';

/** A timer fires up to this much too late, and later where the event loop is busy. */
const TIMER_SLACK_MS = 1;

/**
 * Work that takes exactly so long and blocks nobody: a timer for most of it, since timers are late, and then one turn
 * of the event loop after another until the time has come.
 */
export async function spendMs(ms: number): Promise<void> {
  const until = performance.now() + ms;
  if (ms > TIMER_SLACK_MS) await delay(ms - TIMER_SLACK_MS);
  while (performance.now() < until) await nextTurn();
}
