/**
 * Collects the progress of a run and coalesces it: a tight loop may call `advance` a million times, and a few readings a
 * second are written.
 */
import type { ProgressView } from '@rowlock/protocol';
import { boundedText } from '../../boundedText.ts';
import type { TaskProgressReporter } from '../definition/defineTask.ts';
import { createProgressRate } from './progressRate.ts';
import { bounded, createProgressUnits } from './progressUnits.ts';

/** While a rate is shown and nothing is done it is read again after so long, so that it sinks. */
const STALE_AFTER_MS = 2_500;
const MAX_TEXT_LENGTH = 200;

export interface ProgressMeter {
  /** For the run */
  reporter: TaskProgressReporter;
  /** The latest progress. Undefined if nothing has changed since the last reading. */
  read(nowMs: number): ProgressView | undefined;
  /** The latest progress, changed or not. */
  current(nowMs: number): ProgressView;
  /** Calls once, when the run reports next. Replaces an earlier call. */
  onNextReport(call: () => void): void;
}

export function createProgressMeter(startedAtMs: number): ProgressMeter {
  const units = createProgressUnits();
  const nextReport = createNextTime();
  const rateAt = createProgressRate(startedAtMs);
  let stage: string | undefined;
  let message: string | undefined;

  let hasChanged = false;
  let readAtMs = startedAtMs;
  let readAdvanced = 0;
  let shownRate = 0;
  let shownDone = 0;
  let farthest = 0;

  function current(nowMs: number): ProgressView {
    const sums = units.sums();
    const stages = units.stages();
    // A smaller total never lowers the units that are done.
    shownDone = Math.max(shownDone, sums.done);
    const total = sums.total === null ? null : Math.max(sums.total, shownDone);
    if (total !== null && total > 0) farthest = Math.max(farthest, shownDone / total);
    const ratePerSecond = bounded(rateAt(nowMs, units.advanced()));
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

  const noteChange = () => {
    hasChanged = true;
    nextReport.happens();
  };

  return {
    reporter: {
      total(given) {
        units.setTotal(given);
        noteChange();
      },
      advance(count) {
        units.advance(count);
        nextReport.happens();
      },
      stage(name, options) {
        stage = boundedText(name, MAX_TEXT_LENGTH);
        units.startStage(stage, options?.total);
        noteChange();
      },
      message(text) {
        message = boundedText(text, MAX_TEXT_LENGTH);
        noteChange();
      },
    },
    read(nowMs) {
      const advanced = units.advanced();
      const isStale = shownRate > 0 && nowMs - readAtMs >= STALE_AFTER_MS;
      if (!hasChanged && advanced === readAdvanced && !isStale) return undefined;
      hasChanged = false;
      readAdvanced = advanced;
      readAtMs = nowMs;
      return current(nowMs);
    },
    current,
    onNextReport: nextReport.call,
  };
}

/** Calls once when something happens next. `happens` is cheap, because tight loops call it. */
function createNextTime() {
  let waiting: (() => void) | undefined;
  return {
    call(call: () => void) {
      waiting = call;
    },
    happens() {
      if (waiting === undefined) return;
      const call = waiting;
      waiting = undefined;
      call();
    },
  };
}
