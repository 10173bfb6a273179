/**
 * A question to the application that has an answer by a certain time. If the application throws, it is asked again with
 * growing pauses. Without an answer in time the question is `unanswered`, which permits nothing.
 */
import type { Clock } from '../../clock.ts';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;

export type Answer = 'granted' | 'denied' | 'unanswered';

export interface AskLimits {
  clock: Clock;
  /** Monotonic ms */
  deadlineMs: number;
  onFailed(error: unknown): void;
}

export async function askUntil(
  ask: () => boolean | Promise<boolean>,
  { clock, deadlineMs, onFailed }: AskLimits,
): Promise<Answer> {
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    const leftMs = deadlineMs - clock.nowMs();
    if (leftMs <= 0) return 'unanswered';
    try {
      const granted = await within(leftMs, clock, async () => ask());
      if (granted !== undefined) return granted ? 'granted' : 'denied';
      onFailed(
        new Error(
          'The application has not answered in time. That counts as a refusal, so let it answer sooner.',
        ),
      );
      return 'unanswered';
    } catch (error) {
      onFailed(error);
      await pause(Math.min(pauseMs, deadlineMs - clock.nowMs()), clock);
    }
  }
}

/** Undefined if the time is over before the answer. */
function within<T>(limitMs: number, clock: Clock, ask: () => Promise<T>): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(limitMs, () => resolve(undefined));
    ask().then(resolve, reject).finally(cancel);
  });
}

const pause = (ms: number, clock: Clock) =>
  new Promise<void>((resolve) => void clock.after(Math.max(0, ms), resolve));
