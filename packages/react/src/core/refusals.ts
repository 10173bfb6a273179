/** The one rule about refusals: which are final, and when the client retries the others. */
import { ERRORS, type ErrorBody } from '@rowlock/protocol';
import type { ClientClock } from './clock.ts';

const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 10_000;

/**
 * True if the same request would be refused again: it is malformed, or not allowed, or the records are locked. Otherwise
 * the server was too busy or had a fault. A code that this client does not know comes from a newer server, and is not final.
 */
export function isFinalRefusal({ code }: Pick<ErrorBody, 'code'>): boolean {
  return Object.hasOwn(ERRORS, code) && ERRORS[code].status < ERRORS.rate_limited.status;
}

/** True if the server would have refused any request, whatever its content. */
export const affectsEveryRequest = ({ code }: Pick<ErrorBody, 'code'>): boolean =>
  code === 'rate_limited' || code === 'unavailable';

/** A retry after a delay that doubles from 250 ms to 10 s. A random part keeps many tabs from retrying at once. */
export class Backoff {
  readonly #clock: ClientClock;
  #delayMs = FIRST_RETRY_MS;
  #cancel: (() => void) | undefined;

  constructor(clock: ClientClock) {
    this.#clock = clock;
  }

  get isPending(): boolean {
    return this.#cancel !== undefined;
  }

  /** Calls `retry` once. Does nothing if a retry is pending. */
  schedule(retry: () => void): void {
    if (this.#cancel) return;
    const delayMs = this.#delayMs * (0.75 + Math.random() / 4);
    this.#delayMs = Math.min(this.#delayMs * 2, LONGEST_RETRY_MS);
    this.#cancel = this.#clock.after(delayMs, () => {
      this.#cancel = undefined;
      retry();
    });
  }

  /** A request succeeded, or there is nothing to retry: cancels, and starts with the shortest delay again. */
  reset(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#delayMs = FIRST_RETRY_MS;
  }
}
