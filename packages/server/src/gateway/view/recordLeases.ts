/** The leases in force on each watched record, and the watched records of each lease. Pure. */
import type { Holder, LeaseId, LeaseView, RecordKey } from '@rowlock/protocol';
import { findHoldingTask } from '../../tasks/read/visibleTask.ts';

interface KnownLease {
  view: LeaseView;
  records: Set<RecordKey>;
}

/** The questions. Only `RecordStates` changes the leases. */
export type KnownLeases = Pick<RecordLeases, 'on' | 'get' | 'recordsOfTask' | 'holdingTasks' | 'taskIds'>;

export class RecordLeases {
  readonly #onRecord = new Map<RecordKey, readonly LeaseId[]>();
  readonly #leases = new Map<LeaseId, KnownLease>();
  readonly #leaseOfTask = new Map<string, LeaseId>();

  /** The leases on a record, in order of arrival. */
  on(key: RecordKey): readonly LeaseId[] {
    return this.#onRecord.get(key) ?? [];
  }

  get(leaseId: LeaseId): LeaseView | undefined {
    return this.#leases.get(leaseId)?.view;
  }

  recordsOf(leaseId: LeaseId): ReadonlySet<RecordKey> {
    return this.#leases.get(leaseId)?.records ?? new Set();
  }

  /** The watched records that this task holds. */
  recordsOfTask(taskId: string): ReadonlySet<RecordKey> {
    return this.recordsOf(this.#leaseOfTask.get(taskId) ?? '');
  }

  /** Tasks that hold any of these records. Work of the application that is no task is not among them. */
  holdingTasks(records: Iterable<RecordKey>): string[] {
    const ids = new Set<string>();
    for (const key of records) {
      for (const leaseId of this.on(key)) {
        const taskId = findHoldingTask(this.get(leaseId)!);
        if (taskId !== undefined) ids.add(taskId);
      }
    }
    return [...ids];
  }

  /** Tasks that hold any watched record. */
  taskIds(): string[] {
    return [...this.#leaseOfTask.keys()];
  }

  /** From now on these leases are on the record, and no others. `viewOf` knows the leases that are new here. */
  set(
    key: RecordKey,
    leases: readonly LeaseId[],
    viewOf: (id: LeaseId) => LeaseView | undefined = () => undefined,
  ): void {
    for (const id of this.on(key)) if (!leases.includes(id)) this.#detach(id, key);
    for (const id of leases) this.#attach(id, key, viewOf);
    if (leases.length > 0) this.#onRecord.set(key, leases);
    else this.#onRecord.delete(key);
  }

  /** The lease has changed: it covers more records than before. */
  update(view: LeaseView): void {
    const known = this.#leases.get(view.id);
    if (known) known.view = view;
  }

  transfer(leaseId: LeaseId, holder: Holder): void {
    const known = this.#leases.get(leaseId);
    if (!known) return;
    this.#forgetHolder(known.view);
    known.view = { ...known.view, holder };
    this.#noteHolder(known.view);
  }

  #attach(leaseId: LeaseId, key: RecordKey, viewOf: (id: LeaseId) => LeaseView | undefined): void {
    let known = this.#leases.get(leaseId);
    if (!known) {
      known = { view: viewOf(leaseId)!, records: new Set() };
      this.#leases.set(leaseId, known);
      this.#noteHolder(known.view);
    }
    known.records.add(key);
  }

  /** A lease on no watched record is forgotten. */
  #detach(leaseId: LeaseId, key: RecordKey): void {
    const known = this.#leases.get(leaseId)!;
    known.records.delete(key);
    if (known.records.size > 0) return;
    this.#leases.delete(leaseId);
    this.#forgetHolder(known.view);
  }

  #noteHolder({ id, holder }: LeaseView): void {
    if (holder.type === 'task') this.#leaseOfTask.set(holder.id, id);
  }

  #forgetHolder({ id, holder }: LeaseView): void {
    if (this.#leaseOfTask.get(holder.id) === id) this.#leaseOfTask.delete(holder.id);
  }
}
