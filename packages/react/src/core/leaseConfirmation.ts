/**
 * Decides how long this tab may show a lease as held (P4).
 *
 * The gateway renews the lease. If the gateway hangs or the connection is half open, the lease expires without a message.
 * The tab therefore asks every few seconds when each of its leases was renewed last. It counts the TTL from there by its
 * own clock: from before the question, less the age in the answer. After that the lease may be somebody else's, so the tab
 * does not show the records as held until a later answer confirms the lease.
 */
import type { ClientClock } from './clock.ts';
import type { LeaseBook } from './leaseBook.ts';
import { findLeaseSecret } from './leaseHandle.ts';
import { elapsedMs, getMoment, type Moment, shiftBack } from './moment.ts';
import { isConfirmed, type TabLease } from './tabLease.ts';
import type { Transport } from './transport.ts';

/** Well below the TTL of 15 s less the server's renewal interval of 5 s. */
const ASK_INTERVAL_MS = 3_000;

export class LeaseConfirmation {
  readonly #transport: Transport;
  readonly #clock: ClientClock;
  readonly #book: LeaseBook;
  #isAsking = false;

  constructor(options: { transport: Transport; clock: ClientClock; book: LeaseBook }) {
    this.#transport = options.transport;
    this.#clock = options.clock;
    this.#book = options.book;
  }

  /** The lease was acquired or resumed after `askedAt`. */
  note(lease: TabLease, askedAt: Moment, ttlMs: number): void {
    this.#confirm(lease, askedAt, ttlMs);
    if (this.#isAsking) return;
    this.#isAsking = true;
    this.#clock.after(ASK_INTERVAL_MS, () => void this.#ask());
  }

  #confirm(lease: TabLease, since: Moment, ttlMs: number): void {
    const wasConfirmed = isConfirmed(lease, this.#clock);
    lease.term = { since, ttlMs };
    lease.cancelLapse();
    lease.cancelLapse = this.#clock.after(Math.max(0, ttlMs - elapsedMs(since, this.#clock)), () =>
      this.#book.announce(lease),
    );
    if (isConfirmed(lease, this.#clock) !== wasConfirmed) this.#book.announce(lease);
  }

  async #ask(): Promise<void> {
    const held = this.#book.list().filter((lease) => lease.state.kind === 'held');
    // A timer stops while the computer sleeps.
    for (const lease of held) if (!isConfirmed(lease, this.#clock)) this.#book.announce(lease);
    if (held.length === 0) {
      this.#isAsking = false;
      return;
    }
    const askedAt = getMoment(this.#clock);
    const answer = await this.#transport.request('confirm', {});
    const ages = new Map(answer.ok ? answer.leases.map(({ leaseId, ageMs }) => [leaseId, ageMs]) : []);
    for (const lease of held) {
      const ageMs = ages.get(findLeaseSecret(lease.state)?.leaseId ?? '');
      if (ageMs !== undefined && lease.term) {
        this.#confirm(lease, shiftBack(askedAt, ageMs), lease.term.ttlMs);
      }
    }
    this.#clock.after(ASK_INTERVAL_MS, () => void this.#ask());
  }
}
