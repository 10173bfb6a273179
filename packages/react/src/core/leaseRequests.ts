/** Asks the server to acquire, resume and release leases, and writes its answers into the book. */
import type { Ack, LeaseAcquired, LeaseLost, LeaseSecret } from '@rowlock/protocol';
import type { ClientClock } from './clock.ts';
import type { Idleness } from './idleness.ts';
import type { LeaseBook } from './leaseBook.ts';
import type { LeaseConfirmation } from './leaseConfirmation.ts';
import { findResumed, type LeaseState, type LossReason } from './leaseHandle.ts';
import { LeaseReleases } from './leaseReleases.ts';
import { toRequest } from './leaseWish.ts';
import { getMoment, type Moment } from './moment.ts';
import { randomToken } from './randomToken.ts';
import { Backoff, isFinalRefusal } from './refusals.ts';
import { RowlockClientError } from './rowlockClientError.ts';
import { listOwnSecrets, type TabLease } from './tabLease.ts';
import type { Transport } from './transport.ts';

export interface LeaseRequestsOptions {
  transport: Transport;
  clock: ClientClock;
  book: LeaseBook;
  confirmation: LeaseConfirmation;
  idleness: Pick<Idleness, 'idleMs' | 'isOverdue' | 'noteAcquired'>;
  /** Resolves when the leases from before a reload are known */
  restored: () => Promise<void> | undefined;
  /** Resolves when messages can be sent, or with an error if that cannot be waited for */
  whenConnected: () => Promise<RowlockClientError | undefined>;
}

/** The server has granted a lease, or a position in the wait list. */
type Granted = Extract<Ack<'acquire'> | Ack<'resume'>, { ok: true }>;

/** Whether a request can be sent now. `void`: the lease has got another state meanwhile, or its last owner has gone */
type Preparation =
  | { kind: 'ready'; askedAt: Moment }
  | { kind: 'failed'; error: RowlockClientError }
  | { kind: 'void' };

/** A lease that was resumed after a reload is released after this time if nothing on the new page uses it. */
const RELEASE_UNUSED_AFTER_MS = 10_000;

export class LeaseRequests {
  readonly #options: LeaseRequestsOptions;
  readonly #book: LeaseBook;
  readonly #releases: LeaseReleases;
  #connection = 0;

  constructor(options: LeaseRequestsOptions) {
    this.#options = options;
    this.#book = options.book;
    this.#releases = new LeaseReleases(options);
  }

  /** Sends the releases again that the server has not confirmed. */
  sendReleasesAgain(): Promise<unknown> {
    return this.#releases.sendAgain();
  }

  /**
   * The user signs out: every lease is lost, and every request is refused. Until the server has said that the session has ended,
   * the next connection is to release the leases: they would block the next user of this tab.
   *
   * Call the returned function when the server has ended the session with all of its leases.
   */
  signOut(error: RowlockClientError): () => void {
    this.voidResumes();
    for (const lease of this.#book.list()) {
      if (lease.state.kind === 'acquiring') {
        this.#book.noteRefused(lease, error);
      } else {
        this.#releases.add(listOwnSecrets(lease));
        this.#book.noteLost(lease, { reason: 'signed out' });
      }
    }
    return this.#releases.mark();
  }

  /** The connection has changed: the answer to a `resume` that is under way no longer counts. */
  voidResumes(): void {
    this.#connection += 1;
  }

  /**
   * The first part of each request for records: waits until it can be sent. `kinds`: the states in which it is still wanted.
   * In another one, a `resume` is under way for a lease from before a reload, or the user has signed out.
   */
  async prepare(lease: TabLease, kinds: readonly LeaseState['kind'][]): Promise<Preparation> {
    lease.isRequested = true;
    const error = await this.#options.whenConnected();
    await this.#options.restored();
    await this.#releases.sent;
    if (!kinds.includes(lease.state.kind)) return { kind: 'void' };
    if (error) return { kind: 'failed', error };
    return { kind: 'ready', askedAt: getMoment(this.#options.clock) };
  }

  async acquire(lease: TabLease): Promise<void> {
    const prepared = await this.prepare(lease, ['acquiring']);
    if (prepared.kind === 'void') return;
    if (prepared.kind === 'failed') return this.#book.noteRefused(lease, prepared.error);
    if (lease.handleCount === 0) return this.#book.noteReleased(lease);
    const { askedAt } = prepared;
    if (lease.moves) this.#options.idleness.noteAcquired();
    const { onConflict } = lease.wish;
    const message = {
      ...toRequest(lease.wish),
      ...(onConflict !== 'refuse' && { onConflict }),
      ...(!lease.moves && { moves: false }),
    };
    // At once, because an event about this lease may follow its answer.
    await this.#options.transport.request('acquire', message, (answer) => {
      if (lease.state.kind !== 'acquiring') {
        if (answer.ok) this.noteUnwanted(secretOf(answer));
        return;
      }
      if (!answer.ok) this.#book.noteRefused(lease, new RowlockClientError(answer.error));
      else this.#noteGranted(lease, answer, askedAt);
    });
    // Its last owner has gone meanwhile.
    if (lease.handleCount === 0) await this.release(lease);
  }

  async resume(lease: TabLease, backoff = new Backoff(this.#options.clock)): Promise<void> {
    const leaseSecret = findResumed(lease.state);
    if (!leaseSecret) return;
    const connection = this.#connection;
    lease.nextSecret ??= randomToken();
    this.#book.save();
    const askedAt = getMoment(this.#options.clock);
    const { idleMs } = this.#options.idleness;
    const message = { ...leaseSecret, nextSecret: lease.nextSecret, ...(idleMs > 0 && { idleMs }) };
    await this.#options.transport.request('resume', message, (answer) => {
      if (lease.state.kind === 'released' && answer.ok) {
        // Released while the answer was under way: only the new secret can end the lease.
        void this.#releases.send([secretOf(answer)]);
        return;
      }
      if (!findResumed(lease.state) || connection !== this.#connection) return;
      if (answer.ok) {
        this.#book.noteCovered(lease, answer.records);
        this.#noteGranted(lease, answer, askedAt);
        if (lease.handleCount === 0) this.#releaseUnusedLater(lease);
      } else if (isFinalRefusal(answer.error)) {
        this.#giveUp(lease, 'expired');
      } else {
        // The lease may well be in force.
        backoff.schedule(() => {
          if (connection === this.#connection) void this.resume(lease, backoff);
        });
      }
    });
  }

  /** A lease that waited is in force now. */
  noteAcquired({ leaseId, fence, ttlMs, recordCount }: LeaseAcquired): void {
    const lease = this.#book.find(leaseId);
    if (lease?.state.kind !== 'waiting') return;
    const { secret } = lease.state.leaseSecret;
    this.#book.noteHeld(lease, { id: leaseId, secret, fence, ttlMs, recordCount });
  }

  /** A lease has ended. An owner who still waits for it waits again, unless somebody has ended the wait on purpose. */
  noteLost(lease: TabLease, { reason, by, why }: Omit<LeaseLost, 'leaseId'>): void {
    if (lease.isTakingOver) {
      lease.lossDuringTakeover = { reason, ...(by && { by }), ...(why !== undefined && { why }) };
    } else if (reason === 'expired' && lease.state.kind === 'waiting') this.#giveUp(lease, reason);
    else this.#book.noteLost(lease, { reason, ...(by && { by }), ...(why !== undefined && { why }) });
  }

  async release(lease: TabLease): Promise<void> {
    // There is nothing to release before the answer to `acquire`, which then releases the lease.
    const secrets = listOwnSecrets(lease);
    if (secrets.length === 0) return;
    this.#book.noteReleased(lease);
    await this.#releases.send(secrets);
  }

  /** A takeover replaces the lease with these secrets. */
  async endReplaced(secrets: readonly LeaseSecret[]): Promise<void> {
    await this.#releases.send(secrets);
  }

  /** The server has granted a lease after the user has signed out: it is released with the next connection. */
  noteUnwanted(leaseSecret: LeaseSecret): void {
    this.#releases.add([leaseSecret]);
  }

  /** Ends the lease of a user who is no longer signed in here, so that the present user can acquire the records. */
  async endForeign(lease: TabLease): Promise<void> {
    await this.#releases.send(listOwnSecrets(lease));
    this.#giveUp(lease, 'signed out');
  }

  #noteGranted(lease: TabLease, answer: Granted, askedAt: Moment): void {
    if ('waiting' in answer) this.#book.noteWaiting(lease, answer.waiting, answer.conflicts);
    else this.#book.noteHeld(lease, answer.lease, lease.wish.onConflict === 'skip' ? answer : {});
    const { ttlMs } = 'waiting' in answer ? answer.waiting : answer.lease;
    this.#options.confirmation.note(lease, askedAt, ttlMs);
  }

  #giveUp(lease: TabLease, reason: LossReason): void {
    if (reason === 'expired' && this.#options.idleness.isOverdue) {
      // It expired while nobody was there and the connection was lost. On a connection it would have ended, too.
      this.#book.noteLost(lease, { reason: 'idle' });
    } else if (lease.handleCount > 0 && !lease.isSettled) {
      // An owner waits for its first answer, and did not know of the stored lease: a new one is acquired.
      this.#book.restart(lease);
      void this.acquire(lease);
    } else {
      this.#book.noteLost(lease, { reason });
    }
  }

  #releaseUnusedLater(lease: TabLease): void {
    lease.cancelRelease();
    lease.cancelRelease = this.#options.clock.after(RELEASE_UNUSED_AFTER_MS, () => {
      if (lease.handleCount === 0) void this.release(lease);
    });
  }
}

function secretOf(granted: Granted): LeaseSecret {
  const { id, secret } = 'waiting' in granted ? granted.waiting : granted.lease;
  return { leaseId: id, secret };
}
