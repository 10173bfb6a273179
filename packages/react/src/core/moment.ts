/** How much time has passed since a moment, by the clock that counts more: one jumps, the other stops while the computer sleeps. */
import type { Clock } from './clock.ts';

export interface Moment {
  unixMs: number;
  monotonicMs: number;
}

export const momentOf = (clock: Clock): Moment => ({ unixMs: clock.now(), monotonicMs: clock.monotonicMs() });

/** The moment that lies `ms` before. */
export const before = ({ unixMs, monotonicMs }: Moment, ms: number): Moment => ({
  unixMs: unixMs - ms,
  monotonicMs: monotonicMs - ms,
});

export const elapsedMs = (since: Moment, clock: Clock): number =>
  Math.max(clock.now() - since.unixMs, clock.monotonicMs() - since.monotonicMs);
