/** Measures the time since a moment. The computer's clock can jump, and the monotonic one stops during sleep: the longer time counts. */
import type { ClientClock } from './clock.ts';

export interface Moment {
  unixMs: number;
  monotonicMs: number;
}

export const getMoment = (clock: ClientClock): Moment => ({
  unixMs: clock.now(),
  monotonicMs: clock.monotonicMs(),
});

/** The moment `ms` earlier. */
export const shiftBack = ({ unixMs, monotonicMs }: Moment, ms: number): Moment => ({
  unixMs: unixMs - ms,
  monotonicMs: monotonicMs - ms,
});

export const elapsedMs = (since: Moment, clock: ClientClock): number =>
  Math.max(clock.now() - since.unixMs, clock.monotonicMs() - since.monotonicMs);
