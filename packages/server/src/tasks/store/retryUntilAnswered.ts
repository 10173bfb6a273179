/** Repeats a call until Redis answers. For calls that must succeed and may be repeated. */
import type { Clock } from '../../clock.ts';
import { UnavailableError } from '../../errors.ts';

const AGAIN_AFTER_MS = 250;

/** @throws the error of `ask`; {UnavailableError} only after `limitMs`, or if there is no time to wait */
export async function retryUntilAnswered<T>(
  ask: () => Promise<T>,
  { clock, limitMs, isUrgent = () => false }: { clock: Clock; limitMs: number; isUrgent?: () => boolean },
): Promise<T> {
  const deadlineMs = clock.nowMs() + limitMs;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      const isWorthWaiting = error instanceof UnavailableError && !isUrgent() && clock.nowMs() < deadlineMs;
      if (!isWorthWaiting) throw error;
      await new Promise<void>((resolve) => clock.after(AGAIN_AFTER_MS, resolve));
    }
  }
}
