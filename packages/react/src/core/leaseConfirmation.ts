/**
 * How long this tab may say that it holds a lease (P4).
 *
 * The gateway renews the lease, so a gateway that hangs, or a connection that is half open, lets it expire without a word.
 * The tab therefore asks every few seconds when each of its leases was renewed last, and counts the TTL from there by its
 * own clock: from before the question, less the age that the answer gives. After that the lease may be somebody else's, and
 * the tab no longer calls the records its own until a later answer confirms them.
 */
import { findLeaseSecret } from './claim.ts';
import type { Clock } from './clock.ts';
import type { LeaseBook } from './leaseBook.ts';
import { before, elapsedMs, type Moment, momentOf } from './moment.ts';
import { isConfirmed, type OwnClaim } from './ownClaim.ts';
import type { Transport } from './transport.ts';

/** Well below the TTL of 15 s less the server's renewal interval of 5 s. */
const ASK_INTERVAL_MS = 3_000;

export class LeaseConfirmation {
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #book: LeaseBook;
  #isAsking = false;

  constructor(options: { transport: Transport; clock: Clock; book: LeaseBook }) {
    this.#transport = options.transport;
    this.#clock = options.clock;
    this.#book = options.book;
  }

  /** The server has granted or given back the lease after `askedAt`. */
  note(claim: OwnClaim, askedAt: Moment, ttlMs: number): void {
    this.#confirm(claim, askedAt, ttlMs);
    if (this.#isAsking) return;
    this.#isAsking = true;
    this.#clock.after(ASK_INTERVAL_MS, () => void this.#ask());
  }

  #confirm(claim: OwnClaim, since: Moment, ttlMs: number): void {
    const wasConfirmed = isConfirmed(claim, this.#clock);
    claim.term = { since, ttlMs };
    claim.cancelLapse();
    claim.cancelLapse = this.#clock.after(Math.max(0, ttlMs - elapsedMs(since, this.#clock)), () =>
      this.#book.announce(claim),
    );
    if (isConfirmed(claim, this.#clock) !== wasConfirmed) this.#book.announce(claim);
  }

  async #ask(): Promise<void> {
    const held = this.#book.claims().filter((claim) => claim.state.kind === 'held');
    // A timer may have slept with the computer.
    for (const claim of held) if (!isConfirmed(claim, this.#clock)) this.#book.announce(claim);
    if (held.length === 0) {
      this.#isAsking = false;
      return;
    }
    const askedAt = momentOf(this.#clock);
    const answer = await this.#transport.request('confirm', {});
    const ages = new Map(answer.ok ? answer.leases.map(({ leaseId, ageMs }) => [leaseId, ageMs]) : []);
    for (const claim of held) {
      const ageMs = ages.get(findLeaseSecret(claim.state)?.leaseId ?? '');
      if (ageMs !== undefined && claim.term) this.#confirm(claim, before(askedAt, ageMs), claim.term.ttlMs);
    }
    this.#clock.after(ASK_INTERVAL_MS, () => void this.#ask());
  }
}
