/**
 * Collects what a run says of its progress, and gives it out coalesced: a tight loop may call `advance` a million
 * times, and a few readings a second are written.
 */
import type { TaskProgress } from '@rowlock/protocol';
import type { TaskProgressReporter } from './defineTask.ts';

/** The rate is units done over the last 10 s of the attempt, so that it follows a change of pace but does not jitter. */
const RATE_WINDOW_MS = 10_000;
const MAX_TEXT_LENGTH = 200;

export interface ProgressMeter extends TaskProgressReporter {
  /** The latest progress, or undefined where nothing has changed since the last reading. */
  read(nowMs: number): TaskProgress | undefined;
  /** The latest progress, changed or not. */
  current(nowMs: number): TaskProgress;
}

export function createProgressMeter(startedAtMs: number): ProgressMeter {
  let done = 0;
  let total: number | null = null;
  let stage: string | undefined;
  let message: string | undefined;
  let changed = false;
  let samples: { atMs: number; done: number }[] = [{ atMs: startedAtMs, done: 0 }];

  function current(nowMs: number): TaskProgress {
    // Keep one sample that is older than the window, so that the rate always spans all of it.
    const firstInside = samples.findIndex((sample) => sample.atMs > nowMs - RATE_WINDOW_MS);
    samples = firstInside > 1 ? samples.slice(firstInside - 1) : samples;
    const first = samples[0]!;
    const spanMs = nowMs - first.atMs;
    samples.push({ atMs: nowMs, done });
    const ratePerSecond = spanMs > 0 ? ((done - first.done) * 1_000) / spanMs : 0;
    return {
      done,
      total,
      ...(stage !== undefined && { stage }),
      ...(message !== undefined && { message }),
      ...(ratePerSecond > 0 && { ratePerSecond }),
      ...(ratePerSecond > 0 &&
        total !== null && { etaMs: Math.max(0, Math.round(((total - done) * 1_000) / ratePerSecond)) }),
    };
  }

  return {
    total(units) {
      total = countOf('total', units);
      if (done > total) done = total;
      changed = true;
    },
    advance(units = 1) {
      done += countOf('advance', units);
      if (total !== null && done > total) done = total;
      changed = true;
    },
    stage(text) {
      stage = String(text).slice(0, MAX_TEXT_LENGTH);
      changed = true;
    },
    message(text) {
      message = String(text).slice(0, MAX_TEXT_LENGTH);
      changed = true;
    },
    read(nowMs) {
      if (!changed) return undefined;
      changed = false;
      return current(nowMs);
    },
    current,
  };
}

function countOf(verb: string, units: number): number {
  if (!Number.isFinite(units) || units < 0) {
    throw new TypeError(`progress.${verb}(${units}): a count of units must be a number of 0 or more.`);
  }
  return units;
}
