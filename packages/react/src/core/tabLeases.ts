/**
 * The leases of this tab: `client.leases` (`TabLeases`), and their life beside the connection (`TabLeaseLife`).
 *
 * All who want the same records in the same mode and scope get handles on one lease. It is released 250 ms after its last handle,
 * so that a component that mounts again keeps it.
 *
 *   acquiring ──► waiting ──► held ◄──► resuming     (the connection was lost, or the page was reloaded)
 *       │            │          │          │
 *       ▼            ▼          ▼          ▼
 *    refused         released      |      lost
 *
 * `acquiring` also leads to `held` directly. A waiting lease stays `waiting` while the connection is lost (`isResuming`).
 */
import {
  type Ack,
  formatLeaseHeader,
  formatSession,
  LEASE_HEADER,
  type LeaseAcquired,
  type LeaseId,
  type LeaseLost,
  type LeaseSecret,
  type LeaseWaiting,
  type LockMode,
  type RecordKey,
  SESSION_HEADER,
  type SessionSecret,
  VERSION_HEADER,
} from '@rowlock/protocol';
import type { ClientClock } from './clock.ts';
import type { Idleness, IdleWarning } from './idleness.ts';
import { LeaseBook, type LeaseBookOptions } from './leaseBook.ts';
import { LeaseChanges } from './leaseChanges.ts';
import { LeaseConfirmation, type LeaseConfirmationOptions } from './leaseConfirmation.ts';
import { findLeaseSecret, findResumed, type LeaseOptions, type TabLeaseHandle } from './leaseHandle.ts';
import { LeaseRequests, type LeaseRequestsOptions } from './leaseRequests.ts';
import { LeaseRestoration } from './leaseRestoration.ts';
import { findProvable, findSecretFor, hasSecretFor, listSecrets } from './leaseSecrets.ts';
import { toWish } from './leaseWish.ts';
import type { Moment } from './moment.ts';
import { ReleaseRequests, type ReleaseRequestsOptions } from './releaseRequests.ts';
import { RowlockClientError } from './rowlockClientError.ts';
import { isConfirmed, isServed, type TabLease, whenResumed } from './tabLease.ts';
import { addHandle } from './tabLeaseHandle.ts';
import type { HeldOutcome, TabLeases } from './tabLeasesApi.ts';
import { Takeovers } from './takeovers.ts';

export type TabLeasesOptions = Omit<LeaseBookOptions, 'onEnded'> &
  Omit<LeaseConfirmationOptions, 'book'> &
  Omit<LeaseRequestsOptions, 'book' | 'confirmation' | 'restored' | 'idleness'> &
  Pick<ReleaseRequestsOptions, 'serverNow'> & { idleness: Idleness };

/** The part that the client itself uses: it follows the page and the connection. */
export class TabLeaseLife implements TabLeases {
  readonly #clock: ClientClock;
  readonly #book: LeaseBook;
  readonly #restoration: LeaseRestoration;
  readonly #confirmation: LeaseConfirmation;
  readonly #requests: LeaseRequests;
  readonly #changes: LeaseChanges;
  readonly #takeovers: Takeovers;
  readonly releaseRequests: ReleaseRequests;
  readonly #idleness: Idleness;

  constructor(options: TabLeasesOptions) {
    this.#clock = options.clock;
    this.#idleness = options.idleness;
    this.#book = new LeaseBook({ ...options, onEnded: (id) => this.releaseRequests.noteEnded(id) });
    const book = this.#book;
    this.#restoration = new LeaseRestoration({ ...options, book });
    this.#confirmation = new LeaseConfirmation({ ...options, book });
    const parts = {
      ...options,
      book,
      confirmation: this.#confirmation,
      restored: () => this.#restoration.restored,
    };
    this.#requests = new LeaseRequests(parts);
    this.#changes = new LeaseChanges(parts);
    const addHandle = (lease: TabLease) => this.#addHandle(lease);
    this.#takeovers = new Takeovers({ ...parts, requests: this.#requests, addHandle });
    this.releaseRequests = new ReleaseRequests(parts);
  }

  async acquire(records: readonly RecordKey[], options?: LeaseOptions): Promise<HeldOutcome> {
    const handle = this.hold(records, options);
    const outcome = await handle.settled;
    return { ...outcome, release: () => handle.release('now') };
  }

  hold(records: readonly RecordKey[], options?: LeaseOptions): TabLeaseHandle {
    const lease = this.#book.getOrCreate(toWish(records, options));
    lease.moves ||= options?.moves ?? true;
    const handle = this.#addHandle(lease);
    if (lease.state.kind === 'acquiring' && !lease.isRequested) void this.#requests.acquire(lease);
    return handle;
  }

  takeOver: TabLeases['takeOver'] = (records, { reason, ...options }) =>
    this.#takeovers.takeOver(toWish(records, options), reason);

  requestRelease: TabLeases['requestRelease'] = (leaseId, options) =>
    this.releaseRequests.request(leaseId, options);

  onReleaseRequested: TabLeases['onReleaseRequested'] = (listener) =>
    this.releaseRequests.onRequested(listener);

  get openReleaseRequests(): TabLeases['openReleaseRequests'] {
    return this.releaseRequests.open;
  }

  onOpenReleaseRequests: TabLeases['onOpenReleaseRequests'] = (listener) =>
    this.releaseRequests.onOpenChanged(listener);

  holds(records: readonly RecordKey[], mode: LockMode): boolean {
    return hasSecretFor(this.#book.list(), records, mode);
  }

  headers(
    wanted: LeaseId | readonly RecordKey[],
    { version }: { version?: number | undefined } = {},
  ): Record<string, string> {
    const leaseSecret = findSecretFor(this.#book.list(), wanted);
    return {
      ...(leaseSecret && { [LEASE_HEADER]: formatLeaseHeader(leaseSecret) }),
      ...(version !== undefined && { [VERSION_HEADER]: String(version), ...this.sessionHeaders() }),
    };
  }

  get idle(): IdleWarning | undefined {
    return this.#idleness.warning;
  }

  onIdle(listener: (warning: IdleWarning | undefined) => void): () => void {
    return this.#idleness.onChange(() => listener(this.idle));
  }

  /** Restores what this tab held before it was reloaded. */
  start(): void {
    this.#restoration.start();
  }

  /** Resolves when the leases from before a reload are known. */
  get restored(): Promise<void> | undefined {
    return this.#restoration.restored;
  }

  /** The session of this tab, as soon as it is known. Undefined before `start`. */
  getSession(): SessionSecret | undefined | Promise<SessionSecret | undefined> {
    const { session, restored } = this.#restoration;
    return restored ? restored.then(() => this.#restoration.session) : session;
  }

  /** Whether this is the id of this tab's session. */
  isSession(id: string | undefined): boolean {
    return id !== undefined && this.#restoration.session?.sessionId === id;
  }

  sessionHeaders(): Record<string, string> {
    const { session } = this.#restoration;
    return session ? { [SESSION_HEADER]: formatSession(session) } : {};
  }

  /** Releases everything. */
  async stop(): Promise<void> {
    this.releaseRequests.giveUp(stopped());
    await Promise.all(this.#book.list().map((lease) => this.#requests.release(lease)));
    this.#restoration.close();
  }

  /** The page stops. */
  suspend(): void {
    this.#restoration.suspend();
  }

  /** The page runs again. */
  resumePage(): void {
    this.#restoration.resume();
  }

  isOurs(leaseId: LeaseId): boolean {
    return this.#book.isOurs(leaseId);
  }

  /** False for a lease of this tab that may have expired by now. */
  isConfirmed(leaseId: LeaseId): boolean {
    const lease = this.#book.find(leaseId);
    return lease === undefined || isConfirmed(lease, this.#clock);
  }

  /** Id and secret of a lease, when it is not being resumed. Undefined if there is no such lease, or after `limitMs`. */
  whenProven(wanted: LeaseId | readonly RecordKey[], limitMs: number): Promise<LeaseSecret | undefined> {
    const lease = findProvable(this.#book.list(), wanted);
    return lease ? whenResumed(lease, { clock: this.#clock, limitMs }) : Promise.resolve(undefined);
  }

  /** Whether the server has confirmed a lease of this tab on the present connection, in force or waiting. */
  isHolding(): boolean {
    return this.#book.list().some(isServed);
  }

  /** The server was asked about the leases of this tab. */
  noteAsked(answer: Promise<Ack<'confirm'>>, askedAt: Moment): void {
    void this.#confirmation.noteAsked(answer, askedAt);
  }

  listLeaseSecrets(): LeaseSecret[] {
    return listSecrets(this.#book.list());
  }

  /** A new connection has begun: the same user's leases are resumed, and another user's are released. */
  async begin(actorId: string): Promise<void> {
    this.#requests.voidResumes();
    this.#book.actorId = actorId;
    this.releaseRequests.begin();
    const foreign = this.#book.list().filter((lease) => belongsToAnother(lease, actorId));
    const released = this.#requests.sendReleasesAgain();
    await Promise.all(foreign.map((lease) => this.#requests.endForeign(lease)));
    await released;
    await this.#resume();
  }

  /** The server sees Redis again: resumes the leases that the server has not confirmed yet. The others keep their secrets. */
  async resume(): Promise<void> {
    await this.#requests.sendReleasesAgain();
    await this.#resume();
  }

  async #resume(): Promise<void> {
    const unconfirmed = this.#book.list().filter((lease) => findResumed(lease.state));
    await Promise.all(unconfirmed.map((lease) => this.#requests.resume(lease)));
  }

  /**
   * The user signs out: every lease is lost, and the next connection has another session. Call the returned function when the
   * server has ended the session.
   */
  signOut(error: RowlockClientError): () => void {
    const noteSessionEnded = this.#requests.signOut(error);
    this.releaseRequests.giveUp(error);
    this.#restoration.renew();
    return noteSessionEnded;
  }

  /** The connection is lost. */
  abandon(): void {
    this.#requests.voidResumes();
    this.#book.unconfirmAll();
  }

  /** The server reports that a lease ended. */
  noteLost({ leaseId, ...lost }: LeaseLost): void {
    for (const lease of this.#book.list()) {
      if (findLeaseSecret(lease.state)?.leaseId === leaseId) this.#requests.noteLost(lease, lost);
    }
  }

  /** The server reports the position of a waiting lease. */
  noteWaiting({ leaseId, position }: LeaseWaiting): void {
    const lease = this.#book.find(leaseId);
    if (lease) this.#book.notePosition(lease, position);
  }

  /** The server reports that a waiting lease is in force. */
  noteAcquired(acquired: LeaseAcquired): void {
    this.#requests.noteAcquired(acquired);
  }

  #addHandle(lease: TabLease): TabLeaseHandle {
    return addHandle(lease, {
      clock: this.#clock,
      changes: this.#changes,
      release: (unused) => this.#requests.release(unused),
    });
  }
}

const stopped = () =>
  new RowlockClientError({
    code: 'unavailable',
    message:
      'The client has stopped, so it gets no answer to the release request. Start the client, and ask again.',
  });

const belongsToAnother = ({ state, actorId }: TabLease, presentId: string): boolean =>
  findLeaseSecret(state) !== undefined && actorId !== undefined && actorId !== presentId;
