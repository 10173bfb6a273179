/** Asking Redis again until it answers: for what must be told or undone, and is safe to be asked twice. */
import type { Clock } from '../../clock.ts';
import { UnavailableError } from '../../errors.ts';

const AGAIN_AFTER_MS = 250;

/** @throws what `ask` throws; {UnavailableError} only after `limitMs`, or where there is no time to wait */
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
