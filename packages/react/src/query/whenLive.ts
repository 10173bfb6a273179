import type { AnyRowlockClient } from '../core/client.ts';

const FIRST_MS = 1_000;
const LONGEST_MS = 10_000;

/** The pause before a refused save is sent again: 1 s as the server asks for, twice as long each time, 10 s at most. */
export const getRetryDelayMs = (retries: number): number => Math.min(FIRST_MS * 2 ** retries, LONGEST_MS);

/** Calls `run` once, after the delay, as soon as the connection is live. Returns a function that cancels the call. */
export function whenLive(client: AnyRowlockClient, delayMs: number, run: () => void): () => void {
  let cancel = () => {};
  const look = () => {
    if (client.connection.status !== 'live') return;
    cancel();
    run();
  };
  const cancelTimer = client.clock.after(delayMs, () => {
    cancel = client.connection.onChange(look);
    look();
  });
  return () => {
    cancelTimer();
    cancel();
  };
}
