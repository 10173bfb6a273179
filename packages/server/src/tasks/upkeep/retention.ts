/** Deletes ended tasks, in small steps. Every process does so, and deleting a task twice is harmless. */
import type { Clock } from '../../clock.ts';
import { assertDurationSetting } from '../../durations.ts';
import type { Retain, RetentionLimits } from '../store/retain.ts';

export interface Retention {
  /** How many ended tasks are kept; children count with their parent. Default 1,000 */
  maxTasks?: number;
  /** How long an ended task is kept, in ms. Default 30 days; `Infinity`: as long as `maxTasks` lets it */
  maxAgeMs?: number;
}

const DEFAULT_MAX_TASKS = 1_000;
const DEFAULT_MAX_AGE_MS = 30 * 86_400_000;
const INTERVAL_MS = 1_000;
/** Takes Redis about 1 ms. */
const STEP_SIZE = 50;
const MAX_STEPS = 100;

export interface RetentionKeeper {
  close(): Promise<void>;
}

/** @throws {TypeError} if a limit is malformed */
export function readRetention({
  maxTasks = DEFAULT_MAX_TASKS,
  maxAgeMs = DEFAULT_MAX_AGE_MS,
}: Retention = {}): RetentionLimits {
  if (!Number.isInteger(maxTasks) || maxTasks < 0) {
    throw new TypeError(`retention.maxTasks is ${maxTasks}. Give a whole number of at least 0.`);
  }
  assertDurationSetting('retention.maxAgeMs', maxAgeMs, { mayBeEndless: true });
  return { maxTasks, maxAgeMs: Math.min(Math.round(maxAgeMs), Number.MAX_SAFE_INTEGER) };
}

export function startRetention(
  { retain, clock }: { retain: Retain; clock: Clock },
  limits: RetentionLimits,
): RetentionKeeper {
  let running: Promise<void> | undefined;
  let isClosed = false;

  async function round(): Promise<void> {
    for (let step = 0; step < MAX_STEPS && !isClosed; step++) {
      if ((await retain(limits, STEP_SIZE)) < STEP_SIZE) return;
    }
  }

  const stop = clock.every(INTERVAL_MS, () => {
    // If Redis cannot be reached, a later round does it. Nothing depends on it.
    running ??= round()
      .catch(() => {})
      .finally(() => {
        running = undefined;
      });
  });
  return {
    async close() {
      isClosed = true;
      stop();
      await running;
    },
  };
}
