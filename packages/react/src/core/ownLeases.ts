/**
 * The leases of this tab. Those who want the same records in the same mode share one claim; the lease is let go a little
 * after the last of them has gone, so that a remount takes it back.
 *
 *   acquiring ──► held ◄──► resuming        (the connection was lost, or the page was reloaded)
 *       │          │           │
 *       ▼          ▼           ▼
 *    refused    released | lost
 */
import type { LeaseId, LeaseLost, LeaseSecret, LockMode, RecordKey } from '@rowlock/protocol';
import { type Claim, type ClaimOptions, findLeaseSecret } from './claim.ts';
import type { Clock } from './clock.ts';
import { LeaseBook, type LeaseBookOptions } from './leaseBook.ts';
import { LeaseConfirmation } from './leaseConfirmation.ts';
import { LeaseRequests, type LeaseRequestsOptions } from './leaseRequests.ts';
import { isConfirmed, type OwnClaim } from './ownClaim.ts';

export type OwnLeasesOptions = LeaseBookOptions & Omit<LeaseRequestsOptions, 'book' | 'confirmation'>;

/** A StrictMode remount and a route that is left and entered again keep the lease. */
const RELEASE_AFTER_MS = 250;

const isOfAnother = ({ state, actorId }: OwnClaim, present: string): boolean =>
  findLeaseSecret(state) !== undefined && actorId !== undefined && actorId !== present;

export class OwnLeases {
  readonly #clock: Clock;
  readonly #book: LeaseBook;
  readonly #requests: LeaseRequests;

  constructor(options: OwnLeasesOptions) {
    this.#clock = options.clock;
    this.#book = new LeaseBook(options);
    const confirmation = new LeaseConfirmation({ ...options, book: this.#book });
    this.#requests = new LeaseRequests({ ...options, book: this.#book, confirmation });
  }

  /** Takes over what this tab held before it was reloaded. */
  start(): void {
    this.#book.load();
  }

  /** Resolves once what this tab held before a reload is known. */
  get restored(): Promise<void> | undefined {
    return this.#book.restored;
  }

  /** Lets everything go. */
  async stop(): Promise<void> {
    await Promise.all(this.#book.claims().map((claim) => this.#requests.release(claim)));
    this.#book.close();
  }

  /** The page stops, or runs again. */
  suspend(): void {
    this.#book.suspend();
  }

  resumePage(): void {
    void this.#book.resume();
  }

  /** This tab can prove one lease that covers all of these records in that mode. */
  holds(records: readonly RecordKey[], mode: LockMode): boolean {
    return this.#book.holds(records, mode);
  }

  isOurs(leaseId: LeaseId): boolean {
    return this.#book.isOurs(leaseId);
  }

  /** False for a lease in this tab's hands that may have expired by now. */
  isConfirmed(leaseId: LeaseId): boolean {
    const claim = this.#book.claimOf(leaseId);
    return claim === undefined || isConfirmed(claim, this.#clock);
  }

  claim(records: readonly RecordKey[], { mode = 'exclusive', label }: ClaimOptions = {}): Claim {
    const claim = this.#book.claimOn(records, mode, label);
    claim.shares += 1;
    claim.cancelRelease();
    if (claim.state.kind === 'acquiring' && !claim.isRequested) void this.#requests.acquire(claim);
    return this.#share(claim);
  }

  /** The secret of the lease of that id, or of an exclusive one that covers all of the records. */
  findLeaseSecret(wanted: LeaseId | readonly RecordKey[]): LeaseSecret | undefined {
    return this.#book.findLeaseSecret(wanted);
  }

  listLeaseSecrets(): LeaseSecret[] {
    return this.#book.listLeaseSecrets();
  }

  /** On a new connection the server knows this tab's leases only once they are taken back: those of the same user. */
  async begin(actorId: string): Promise<void> {
    this.#requests.voidResumes();
    this.#book.actorId = actorId;
    const foreign = this.#book.claims().filter((claim) => isOfAnother(claim, actorId));
    await Promise.all(foreign.map((claim) => this.#requests.endForeign(claim)));
    await this.resume();
  }

  /** Takes back what the server has not confirmed yet. What is held already keeps its secret. */
  async resume(): Promise<void> {
    const unconfirmed = this.#book.claims().filter((claim) => claim.state.kind === 'resuming');
    await Promise.all(unconfirmed.map((claim) => this.#requests.resume(claim)));
  }

  abandon(): void {
    this.#requests.voidResumes();
    this.#book.unconfirmAll();
  }

  lost({ leaseId, reason }: LeaseLost): void {
    for (const claim of this.#book.claims()) {
      if (findLeaseSecret(claim.state)?.leaseId === leaseId) this.#book.lose(claim, reason);
    }
  }

  #share(claim: OwnClaim): Claim {
    let given = false;
    return {
      records: claim.records,
      state: () => claim.state,
      isConfirmed: () => isConfirmed(claim, this.#clock),
      settled: claim.settled,
      subscribe(listener) {
        claim.listeners.add(listener);
        return () => claim.listeners.delete(listener);
      },
      release: async (when) => {
        if (given) return;
        given = true;
        claim.shares -= 1;
        if (claim.shares > 0) return;
        if (when === 'now') return this.#requests.release(claim);
        await new Promise<void>((resolve) => {
          const cancelTimer = this.#clock.after(RELEASE_AFTER_MS, () => {
            void this.#requests.release(claim).then(resolve);
          });
          claim.cancelRelease = () => {
            cancelTimer();
            resolve();
          };
        });
      },
    };
  }
}
