/** Changes leases of this tab while they are held: adds records, and releases some. Takes records over from others. */
import type { RecordKey } from '@rowlock/protocol';
import type { LeaseBook } from './leaseBook.ts';
import type { LeaseConfirmation } from './leaseConfirmation.ts';
import { type AcquireOutcome, findLeaseSecret, type LeaseOutcome } from './leaseHandle.ts';
import type { LeaseRequests, LeaseRequestsOptions } from './leaseRequests.ts';
import { toRequest } from './leaseWish.ts';
import { getMoment } from './moment.ts';
import { RowlockClientError } from './rowlockClientError.ts';
import type { TabLease } from './tabLease.ts';

type LeaseChangesOptions = Pick<
  LeaseRequestsOptions,
  'transport' | 'clock' | 'restored' | 'whenConnected'
> & {
  book: LeaseBook;
  confirmation: LeaseConfirmation;
  requests: Pick<LeaseRequests, 'endUnused'>;
};

export class LeaseChanges {
  readonly #options: LeaseChangesOptions;
  readonly #book: LeaseBook;

  constructor(options: LeaseChangesOptions) {
    this.#options = options;
    this.#book = options.book;
  }

  async extend(
    lease: TabLease,
    records: readonly RecordKey[],
    { onConflict = 'refuse' }: { onConflict?: 'refuse' | 'skip' } = {},
  ): Promise<AcquireOutcome> {
    const leaseSecret = lease.state.kind === 'held' ? findLeaseSecret(lease.state) : undefined;
    if (!leaseSecret) return notHeld();
    const message = { ...leaseSecret, records: [...records], ...(onConflict === 'skip' && { onConflict }) };
    const answer = await this.#options.transport.request('extend', message);
    if (!answer.ok) return failed(answer.error);
    const { records: added, conflicts = [] } = answer;
    if (isStill(lease, leaseSecret.leaseId)) {
      this.#book.noteRecords(lease, answer.lease, [...new Set([...lease.records, ...added])]);
    }
    return { ok: true, lease: answer.lease, records: added, conflicts };
  }

  async releaseRecords(lease: TabLease, records: readonly RecordKey[]): Promise<LeaseOutcome> {
    const leaseSecret = lease.state.kind === 'held' ? findLeaseSecret(lease.state) : undefined;
    if (!leaseSecret) return notHeld();
    const answer = await this.#options.transport.request('release', {
      ...leaseSecret,
      records: [...records],
    });
    if (!answer.ok) return failed(answer.error);
    const { state } = lease;
    if (state.kind !== 'held' || state.lease.id !== leaseSecret.leaseId) return { ok: true };
    const { recordCount } = answer;
    const released = new Set(records);
    if (recordCount === 0) this.#book.noteReleased(lease);
    else {
      const left = lease.records.filter((key) => !released.has(key));
      this.#book.noteRecords(lease, { ...state.lease, recordCount }, left);
    }
    return { ok: true };
  }

  /** The lease replaces the one with which its owners waited. If it is refused, they wait on. */
  async takeOver(lease: TabLease, reason: string): Promise<AcquireOutcome> {
    lease.isRequested = true;
    const failure = await this.#options.whenConnected();
    await this.#options.restored();
    if (failure) return this.#refuse(lease, failure);
    const waiting = findLeaseSecret(lease.state);
    const askedAt = getMoment(this.#options.clock);
    lease.isTakingOver = true;
    const answer = await this.#options.transport.request(
      'takeOver',
      { ...toRequest(lease.wish), reason },
      (taken) => {
        lease.isTakingOver = false;
        if (!taken.ok) return;
        this.#book.noteHeld(lease, taken.lease);
        this.#options.confirmation.note(lease, askedAt, taken.lease.ttlMs);
      },
    );
    if (!answer.ok) return this.#refuse(lease, new RowlockClientError(answer.error));
    await this.#options.requests.endUnused(lease, waiting);
    return { ok: true, lease: answer.lease, records: lease.records, conflicts: [] };
  }

  #refuse(lease: TabLease, error: RowlockClientError): AcquireOutcome {
    if (lease.state.kind === 'acquiring') this.#book.noteRefused(lease, error);
    return { ok: false, error };
  }
}

const isStill = (lease: TabLease, leaseId: string): boolean =>
  lease.state.kind === 'held' && lease.state.lease.id === leaseId;

const failed = (error: ConstructorParameters<typeof RowlockClientError>[0]) => ({
  ok: false as const,
  error: new RowlockClientError(error),
});

const notHeld = () =>
  failed({
    code: 'lease_lost',
    message:
      'The lease is not held at this moment: it waits, has ended, or the connection is lost. Nothing was changed. Try again when it is held.',
  });
