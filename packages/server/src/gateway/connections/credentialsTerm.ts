/**
 * Until when the credentials of one connection are valid. The time that is left is measured by the monotonic clock, so a
 * jump of the wall clock neither prolongs nor shortens it.
 */
import type { Clock } from '../../clock.ts';

export class CredentialsTerm {
  readonly #clock: Clock;
  readonly #onExpired: () => void;
  #expiresAt: number | undefined;
  #cancel = () => {};

  constructor(clock: Clock, onExpired: () => void) {
    this.#clock = clock;
    this.#onExpired = onExpired;
  }

  /** `expiresAt`: Unix ms, undefined for never. The same time as before changes nothing. */
  note(expiresAt: number | undefined, wallNowMs: number): void {
    if (expiresAt === this.#expiresAt) return;
    this.#cancel();
    this.#expiresAt = expiresAt;
    const isEndless = expiresAt === undefined || expiresAt === Number.POSITIVE_INFINITY;
    this.#cancel = isEndless
      ? () => {}
      : this.#clock.after(Math.max(0, expiresAt - wallNowMs), this.#onExpired);
  }

  close(): void {
    this.#cancel();
  }
}
