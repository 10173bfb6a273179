/** Takes records over from others. The new lease replaces one with which this tab waited for the same records. */
import type { Ack } from '@rowlock/protocol';
import type { Idleness } from './idleness.ts';
import type { LeaseBook } from './leaseBook.ts';
import type { LeaseConfirmation } from './leaseConfirmation.ts';
import type { AcquireOutcome, LeaseWish, TabLeaseHandle } from './leaseHandle.ts';
import type { LeaseRequests } from './leaseRequests.ts';
import { toRequest } from './leaseWish.ts';
import type { Moment } from './moment.ts';
import { RowlockClientError } from './rowlockClientError.ts';
import { listOwnSecrets, type TabLease, whenAnswered } from './tabLease.ts';
import type { HeldOutcome } from './tabLeasesApi.ts';
import type { Transport } from './transport.ts';

interface TakeoversOptions {
  transport: Pick<Transport, 'request'>;
  book: LeaseBook;
  confirmation: LeaseConfirmation;
  requests: LeaseRequests;
  idleness: Pick<Idleness, 'noteAcquired'>;
  addHandle: (lease: TabLease) => TabLeaseHandle;
}

/** Undefined: the lease has got another state before the request was sent */
type Takeover = Promise<AcquireOutcome | undefined>;

export class Takeovers {
  readonly #options: TakeoversOptions;
  readonly #book: LeaseBook;
  readonly #underWay = new Map<TabLease, Takeover>();

  constructor(options: TakeoversOptions) {
    this.#options = options;
    this.#book = options.book;
  }

  async takeOver(wish: LeaseWish, reason: string): Promise<HeldOutcome> {
    let former: TabLeaseHandle | undefined;
    for (;;) {
      const lease = this.#book.getOrCreate(wish);
      const handle = this.#options.addHandle(lease);
      const release = () => handle.release('now');
      void former?.release('now');
      former = handle;
      const taken = canBeTakenOver(lease) ? await this.#join(lease, reason) : undefined;
      if (taken) return { ...taken, release };
      // The tab has these records, or has asked for them. If it gets none of them, it takes them over.
      await whenAnswered(lease);
      const { kind } = lease.state;
      if (kind === 'held' || kind === 'resuming') return { ...(await handle.settled), release };
    }
  }

  /** One request for all who take over the records of the lease at the same time. */
  #join(lease: TabLease, reason: string): Takeover {
    const underWay = this.#underWay.get(lease);
    if (underWay) return underWay;
    const begun = this.#request(lease, reason).finally(() => this.#underWay.delete(lease));
    this.#underWay.set(lease, begun);
    return begun;
  }

  async #request(lease: TabLease, reason: string): Takeover {
    const { transport, requests, idleness } = this.#options;
    const prepared = await requests.prepare(lease, ['acquiring', 'waiting']);
    if (prepared.kind === 'void') return undefined;
    if (prepared.kind === 'failed') return this.#refuse(lease, prepared.error);
    idleness.noteAcquired();
    const replaced = listOwnSecrets(lease);
    lease.isTakingOver = true;
    const message = { ...toRequest(lease.wish), reason };
    // At once, because an event about the new lease may follow its answer.
    const answer = await transport.request('takeOver', message, (taken) =>
      this.#noteAnswer(lease, taken, prepared.askedAt),
    );
    if (!answer.ok) return { ok: false, error: new RowlockClientError(answer.error) };
    void requests.endReplaced(replaced);
    if (!this.#book.has(lease)) return lease.settled;
    return { ok: true, lease: answer.lease, records: lease.records, conflicts: [] };
  }

  #noteAnswer(lease: TabLease, taken: Ack<'takeOver'>, askedAt: Moment): void {
    const { requests, confirmation } = this.#options;
    const loss = lease.lossDuringTakeover;
    lease.isTakingOver = false;
    lease.lossDuringTakeover = undefined;
    if (!taken.ok) {
      this.#refuse(lease, new RowlockClientError(taken.error));
      if (loss) requests.noteLost(lease, loss);
    } else if (this.#book.has(lease)) {
      this.#book.noteHeld(lease, taken.lease);
      confirmation.note(lease, askedAt, taken.lease.ttlMs);
    } else {
      requests.noteUnwanted({ leaseId: taken.lease.id, secret: taken.lease.secret });
    }
  }

  /** Owners who wait for the records wait on. */
  #refuse(lease: TabLease, error: RowlockClientError): AcquireOutcome {
    if (lease.state.kind === 'acquiring') this.#book.noteRefused(lease, error);
    return { ok: false, error };
  }
}

/** Nothing is asked for, or the lease waits. */
const canBeTakenOver = ({ state, isRequested }: TabLease): boolean =>
  state.kind === 'waiting' || (state.kind === 'acquiring' && !isRequested);
