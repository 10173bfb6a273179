/** Changes leases of this tab while they are held: adds records, and releases some. */
import type { RecordKey } from '@rowlock/protocol';
import type { LeaseBook } from './leaseBook.ts';
import { type AcquireOutcome, findLeaseSecret, type LeaseOutcome } from './leaseHandle.ts';
import { RowlockClientError } from './rowlockClientError.ts';
import type { TabLease } from './tabLease.ts';
import type { Transport } from './transport.ts';

interface LeaseChangesOptions {
  transport: Pick<Transport, 'request'>;
  book: LeaseBook;
}

export class LeaseChanges {
  readonly #transport: Pick<Transport, 'request'>;
  readonly #book: LeaseBook;

  constructor({ transport, book }: LeaseChangesOptions) {
    this.#transport = transport;
    this.#book = book;
  }

  async extend(
    lease: TabLease,
    records: readonly RecordKey[],
    { onConflict = 'refuse' }: { onConflict?: 'refuse' | 'skip' } = {},
  ): Promise<AcquireOutcome> {
    const leaseSecret = lease.state.kind === 'held' ? findLeaseSecret(lease.state) : undefined;
    if (!leaseSecret) return notHeld();
    const message = { ...leaseSecret, records: [...records], ...(onConflict === 'skip' && { onConflict }) };
    const answer = await this.#transport.request('extend', message);
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
    const answer = await this.#transport.request('release', {
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
