/** Asks the server for leases, takes them back and lets them go; writes what it answers into the book. */
import type { ErrorBody, LeaseLost, LeaseSecret, OwnedLease } from '@rowlock/protocol';
import { findLeaseSecret } from './claim.ts';
import type { Clock } from './clock.ts';
import type { LeaseBook } from './leaseBook.ts';
import type { LeaseConfirmation } from './leaseConfirmation.ts';
import { type Moment, momentOf } from './moment.ts';
import type { OwnClaim } from './ownClaim.ts';
import { randomToken } from './randomToken.ts';
import { Backoff, isFinalRefusal } from './refusals.ts';
import type { Transport } from './transport.ts';

export interface LeaseRequestsOptions {
  transport: Transport;
  clock: Clock;
  book: LeaseBook;
  confirmation: LeaseConfirmation;
  /** Resolves once messages can be sent; with an error where that is not to be waited for. */
  whenConnected: () => Promise<ErrorBody | undefined>;
}

/** Leases that a reload took back, and that nobody on the new page wants, are let go after this time. */
const RELEASE_ORPHANS_AFTER_MS = 10_000;

export class LeaseRequests {
  readonly #options: LeaseRequestsOptions;
  readonly #book: LeaseBook;
  #connection = 0;

  constructor(options: LeaseRequestsOptions) {
    this.#options = options;
    this.#book = options.book;
  }

  /** The connection is another, or none: a `resume` that is under way counts no more. */
  voidResumes(): void {
    this.#connection += 1;
  }

  async acquire(claim: OwnClaim): Promise<void> {
    claim.isRequested = true;
    const failure = await this.#options.whenConnected();
    await this.#book.restored;
    // A reload's stored lease fits: it is taken back by `resume`.
    if (claim.state.kind !== 'acquiring') return;
    if (failure) return this.#book.refuse(claim, failure);
    const askedAt = momentOf(this.#options.clock);
    const answer = await this.#options.transport.request('acquire', {
      records: claim.records,
      mode: claim.mode,
      ...(claim.label !== undefined && { label: claim.label }),
    });
    if (!answer.ok) return this.#book.refuse(claim, answer.error);
    this.#hold(claim, answer.lease, askedAt);
    // Its owner has gone meanwhile, and with it the reason to hold anything.
    if (claim.shares === 0) await this.release(claim);
  }

  async resume(claim: OwnClaim, backoff = new Backoff(this.#options.clock)): Promise<void> {
    const leaseSecret = claim.state.kind === 'resuming' ? claim.state.leaseSecret : undefined;
    if (!leaseSecret) return;
    const connection = this.#connection;
    claim.nextSecret ??= randomToken();
    this.#book.save();
    const askedAt = momentOf(this.#options.clock);
    const answer = await this.#options.transport.request('resume', {
      ...leaseSecret,
      nextSecret: claim.nextSecret,
    });
    if (claim.state.kind === 'released' && answer.ok) {
      // Let go while the answer was under way: only the new secret can end it.
      return this.#sendRelease({ leaseId: answer.lease.id, secret: answer.lease.secret });
    }
    if (claim.state.kind !== 'resuming' || connection !== this.#connection) return;
    if (answer.ok) {
      this.#hold(claim, answer.lease, askedAt);
      if (claim.shares === 0) this.#releaseOrphanLater(claim);
      return;
    }
    // The lease may well be in force.
    if (!isFinalRefusal(answer.error)) {
      backoff.schedule(() => {
        if (connection === this.#connection) void this.resume(claim, backoff);
      });
      return;
    }
    this.#giveUp(claim, 'expired');
  }

  async release(claim: OwnClaim): Promise<void> {
    // While the answer to `acquire` is awaited there is nothing to release; `acquire` does it then.
    const leaseSecret = findLeaseSecret(claim.state);
    if (!leaseSecret) return;
    this.#book.release(claim);
    await this.#sendRelease(leaseSecret);
  }

  #hold(claim: OwnClaim, lease: OwnedLease, askedAt: Moment): void {
    this.#book.hold(claim, lease);
    this.#options.confirmation.note(claim, askedAt, lease.ttlMs);
  }

  /** The lease of a user who is no longer signed in here: it ends first, so that the present user can acquire the records. */
  async endForeign(claim: OwnClaim): Promise<void> {
    const leaseSecret = findLeaseSecret(claim.state);
    if (leaseSecret) await this.#sendRelease(leaseSecret);
    this.#giveUp(claim, 'closed');
  }

  #giveUp(claim: OwnClaim, reason: LeaseLost['reason']): void {
    // Somebody waits for a first answer since before the page knew of the old lease: it is acquired anew.
    if (claim.shares > 0 && !claim.isSettled) {
      this.#book.beginAnew(claim);
      void this.acquire(claim);
    } else {
      this.#book.lose(claim, reason);
    }
  }

  #releaseOrphanLater(claim: OwnClaim): void {
    claim.cancelRelease();
    claim.cancelRelease = this.#options.clock.after(RELEASE_ORPHANS_AFTER_MS, () => {
      if (claim.shares === 0) void this.release(claim);
    });
  }

  async #sendRelease(leaseSecret: LeaseSecret, backoff = new Backoff(this.#options.clock)): Promise<void> {
    const connection = this.#connection;
    const answer = await this.#options.transport.request('release', leaseSecret);
    // After `unavailable` the server renews the lease no more, so it ends by itself, as it does with a lost connection.
    if (answer.ok || isFinalRefusal(answer.error) || answer.error.code === 'unavailable') return;
    backoff.schedule(() => {
      if (connection === this.#connection) void this.#sendRelease(leaseSecret, backoff);
    });
  }
}
