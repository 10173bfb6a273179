/** One call of the application's code, which may throw or never end. */
import type { Clock } from '../clock.ts';
import type { SubscriberContext } from './subscriber.ts';

export type SubscriberCall = (context: SubscriberContext) => void | Promise<void>;

/**
 * Rejects if the call rejects, takes longer than `limitMs`, or `stop` aborts. In the last two cases the signal of the call
 * aborts. A call that ignores its signal continues, and its result is ignored.
 */
export async function callSubscriber(
  call: SubscriberCall,
  limitMs: number,
  stop: AbortSignal,
  clock: Clock,
): Promise<void> {
  stop.throwIfAborted();
  const controller = new AbortController();
  let abort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    controller.signal.addEventListener('abort', () => reject(controller.signal.reason), { once: true });
  });
  aborted.catch(() => {});
  const stopTimer = clock.after(limitMs, () =>
    controller.abort(
      new Error(`It has not ended within ${limitMs} ms. Heed the signal, or raise timeoutMs.`),
    ),
  );
  abort = () => controller.abort(stop.reason);
  stop.addEventListener('abort', abort, { once: true });
  try {
    const ended = Promise.resolve(call({ signal: controller.signal }));
    ended.catch(() => {});
    await Promise.race([ended, aborted]);
  } finally {
    stopTimer();
    stop.removeEventListener('abort', abort);
  }
}

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 30_000;

/** The pause after so many failures in a row: 0.2 s, doubling up to 30 s. */
export const pauseMs = (failures: number): number =>
  Math.min(FIRST_PAUSE_MS * 2 ** Math.min(failures - 1, 20), LONGEST_PAUSE_MS);
