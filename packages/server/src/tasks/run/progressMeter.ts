/**
 * Collects the progress of a run and coalesces it: a tight loop may call `advance` a million times, and a few readings a
 * second are written.
 */
import type { TaskProgress } from '@rowlock/protocol';
import { boundedText } from '../../boundedText.ts';
import type { TaskProgressReporter } from '../definition/defineTask.ts';

/** The rate is units done over the last 10 s of the attempt, so that it follows a change of pace but does not jitter. */
const RATE_WINDOW_MS = 10_000;
/** While a rate is shown and nothing is done it is read again after so long, so that it sinks. */
const STALE_AFTER_MS = 2_500;
const MAX_TEXT_LENGTH = 200;
/** Stages beyond are shown by name alone, and their units count as the task's own. */
const MAX_STAGES = 20;

export interface ProgressMeter {
  /** For the run */
  reporter: TaskProgressReporter;
  /** The latest progress. Undefined if nothing has changed since the last reading. */
  read(nowMs: number): TaskProgress | undefined;
  /** The latest progress, changed or not. */
  current(nowMs: number): TaskProgress;
}

interface Stage {
  name: string;
  done: number;
  total: number;
}

export function createProgressMeter(startedAtMs: number): ProgressMeter {
  /** All units that were reported as done, which may exceed the total. */
  let advanced = 0;
  let ownTotal: number | null = null;
  let stage: string | undefined;
  let message: string | undefined;
  const stages: Stage[] = [];
  let present: Stage | undefined;
  /** `advanced` when the present stage (or the time outside of any) began, which is counted when it ends or is read. */
  let countedUntil = 0;
  let doneOutside = 0;

  let hasChanged = false;
  let readAtMs = startedAtMs;
  let readAdvanced = 0;
  let shownRate = 0;
  let farthest = 0;
  let shownDone = 0;
  let samples: { atMs: number; done: number }[] = [{ atMs: startedAtMs, done: 0 }];

  /** Adds the units since the last count to the present stage. */
  function count(): void {
    advanced = bounded(advanced);
    const units = advanced - countedUntil;
    countedUntil = advanced;
    if (present) present.done = Math.min(present.done + units, present.total);
    else doneOutside += units;
  }

  function sums(): { done: number; total: number | null } {
    let done = doneOutside;
    let total = doneOutside;
    for (const each of stages) {
      done += each.done;
      total += each.total;
    }
    if (ownTotal === null && stages.length === 0) return { done: bounded(done), total: null };
    // The stages may add up to more than the given total.
    if (ownTotal !== null) total = stages.length === 0 ? ownTotal : Math.max(ownTotal, total - doneOutside);
    return { done: bounded(Math.min(done, total)), total: bounded(total) };
  }

  function rateAt(nowMs: number): number {
    // Keeps one sample older than the window, so that the rate always covers all of it.
    const firstInside = samples.findIndex((sample) => sample.atMs > nowMs - RATE_WINDOW_MS);
    if (firstInside > 1) samples = samples.slice(firstInside - 1);
    if (firstInside < 0) samples = samples.slice(-1);
    const first = samples[0]!;
    const spanMs = nowMs - first.atMs;
    samples.push({ atMs: nowMs, done: advanced });
    return spanMs > 0 ? bounded(((advanced - first.done) * 1_000) / spanMs) : 0;
  }

  function current(nowMs: number): TaskProgress {
    count();
    const sum = sums();
    // A smaller total never lowers the units that are done.
    shownDone = Math.max(shownDone, sum.done);
    const total = sum.total === null ? null : Math.max(sum.total, shownDone);
    if (total !== null && total > 0) farthest = Math.max(farthest, shownDone / total);
    const ratePerSecond = rateAt(nowMs);
    shownRate = ratePerSecond;
    return {
      done: shownDone,
      total,
      ...(stage !== undefined && { stage }),
      ...(stages.length > 0 && { stages: stages.map((each) => ({ ...each })) }),
      ...(message !== undefined && { message }),
      ...(total !== null && total > 0 && { fraction: farthest }),
      ...(ratePerSecond > 0 && { ratePerSecond }),
      ...(ratePerSecond > 0 &&
        total !== null && { etaMs: bounded(Math.round(((total - shownDone) * 1_000) / ratePerSecond)) }),
    };
  }

  return {
    reporter: {
      total(units) {
        ownTotal = unitsOf('total', units);
        hasChanged = true;
      },
      // Called in tight loops, so it only adds. The rest is computed on reading.
      advance(units = 1) {
        if (typeof units !== 'number' || !(units >= 0 && units < Infinity)) unitsOf('advance', units);
        advanced += units;
      },
      stage(name, options) {
        count();
        stage = boundedText(name, MAX_TEXT_LENGTH);
        present = stages.find((each) => each.name === stage);
        const given = options?.total;
        if (given !== undefined) {
          const total = unitsOf('stage', given);
          if (present) present.total = Math.max(total, present.done);
          else if (stages.length < MAX_STAGES) {
            present = { name: stage, done: 0, total };
            stages.push(present);
          }
        }
        hasChanged = true;
      },
      message(text) {
        message = boundedText(text, MAX_TEXT_LENGTH);
        hasChanged = true;
      },
    },
    read(nowMs) {
      const isStale = shownRate > 0 && nowMs - readAtMs >= STALE_AFTER_MS;
      if (!hasChanged && advanced === readAdvanced && !isStale) return undefined;
      hasChanged = false;
      readAdvanced = advanced;
      readAtMs = nowMs;
      return current(nowMs);
    },
    current,
  };
}

/** Keeps numbers that are shown within the safe integers of JSON readers. */
const bounded = (units: number): number => Math.min(units, Number.MAX_SAFE_INTEGER);

function unitsOf(verb: string, units: unknown): number {
  if (typeof units === 'number' && Number.isFinite(units) && units >= 0) return units;
  throw new TypeError(
    `progress.${verb}(${boundedText(units, 50)}): the count is not a number of 0 or more. Pass the number of units.`,
  );
}
