/**
 * Decides how long this tab may show a lease as held (P4).
 *
 * The gateway renews the lease. If the gateway hangs or the connection is half open, the lease expires without a message.
 * The tab therefore asks every few seconds when each of its leases was renewed last. It counts the TTL from there by its
 * own clock: from before the question, less the age in the answer. After that the lease may be somebody else's, so the tab
 * does not show the records as held until a later answer confirms the lease.
 */
import type { Ack } from '@rowlock/protocol';
import type { ClientClock } from './clock.ts';
import type { LeaseBook } from './leaseBook.ts';
import { findLeaseSecret } from './leaseHandle.ts';
import { elapsedMs, type Moment, shiftBack } from './moment.ts';
import { isConfirmed, isServed, type TabLease } from './tabLease.ts';

export interface LeaseConfirmationOptions {
  clock: ClientClock;
  book: LeaseBook;
  /** A lease was acquired or resumed, or waits, so the server is to be asked about it from now on */
  onHeld: () => void;
}

export class LeaseConfirmation {
  readonly #options: LeaseConfirmationOptions;
  readonly #clock: ClientClock;
  readonly #book: LeaseBook;

  constructor(options: LeaseConfirmationOptions) {
    this.#options = options;
    this.#clock = options.clock;
    this.#book = options.book;
  }

  /** The lease was acquired or resumed after `askedAt`, or waits. If it comes into force later, it is no older. */
  note(lease: TabLease, askedAt: Moment, ttlMs: number): void {
    this.#confirm(lease, askedAt, ttlMs);
    this.#options.onHeld();
  }

  /** The server was asked about the leases of this tab. */
  async noteAsked(answered: Promise<Ack<'confirm'>>, askedAt: Moment): Promise<void> {
    const served = this.#book.list().filter(isServed);
    // A timer stops while the computer sleeps.
    for (const lease of served) if (!isConfirmed(lease, this.#clock)) this.#announceLapse(lease);
    const answer = await answered;
    const confirmed = new Map(answer.ok ? answer.leases.map((each) => [each.leaseId, each]) : []);
    for (const lease of served) {
      const found = confirmed.get(findLeaseSecret(lease.state)?.leaseId ?? '');
      if (!found) continue;
      if (lease.term) this.#confirm(lease, shiftBack(askedAt, found.ageMs), lease.term.ttlMs);
      if (found.position !== undefined) this.#book.notePosition(lease, found.position);
    }
  }

  #announceLapse(lease: TabLease): void {
    if (lease.isLapsed) return;
    lease.isLapsed = true;
    this.#book.announce(lease);
  }

  #confirm(lease: TabLease, since: Moment, ttlMs: number): void {
    const wasConfirmed = isConfirmed(lease, this.#clock);
    lease.term = { since, ttlMs };
    lease.cancelLapse();
    lease.isLapsed = false;
    lease.cancelLapse = this.#clock.after(Math.max(0, ttlMs - elapsedMs(since, this.#clock)), () =>
      this.#announceLapse(lease),
    );
    if (isConfirmed(lease, this.#clock) !== wasConfirmed) this.#book.announce(lease);
  }
}
