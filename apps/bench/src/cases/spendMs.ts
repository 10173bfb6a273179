import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';

/** A timer fires up to this much too late, or later if the event loop is busy. */
const TIMER_SLACK_MS = 1;

/**
 * Takes exactly this long and blocks nobody. Timers are late, so a timer covers most of the time, and then turns of the
 * event loop cover the rest.
 */
export async function spendMs(ms: number): Promise<void> {
  const until = performance.now() + ms;
  if (ms > TIMER_SLACK_MS) await delay(ms - TIMER_SLACK_MS);
  while (performance.now() < until) await nextTurn();
}
