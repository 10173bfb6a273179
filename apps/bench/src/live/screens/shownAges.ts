/** How old the value is that a screen shows: the time since the worker had that value. Pure. */
import type { Arrival } from './screenState.ts';

/** The age is read this often. */
const EVERY_MS = 5;

/**
 * The ages of the shown value between two times. `workerMsOf` returns when the worker had a value. Before the first arrival
 * a screen shows nothing, and that time does not count.
 */
export function shownAges(
  arrivals: readonly Arrival[],
  { fromMs, untilMs, workerMsOf }: { fromMs: number; untilMs: number; workerMsOf(done: number): number },
): number[] {
  const ages: number[] = [];
  let next = 0;
  let shown: Arrival | undefined;
  for (let atMs = fromMs; atMs < untilMs; atMs += EVERY_MS) {
    while (next < arrivals.length && arrivals[next]!.atMs <= atMs) shown = arrivals[next++];
    if (shown) ages.push(atMs - workerMsOf(shown.done));
  }
  return ages;
}

/** Updates a second, by the time between the first and the last. 0 if there are fewer than two. */
export function updateRate(arrivals: readonly Arrival[]): number {
  const [first, last] = [arrivals.at(0), arrivals.at(-1)];
  if (!first || !last || last.atMs <= first.atMs) return 0;
  return ((arrivals.length - 1) * 1_000) / (last.atMs - first.atMs);
}
