/** The data of the server in memory: the leases with their records, in force or waiting, and the tasks. */
import {
  type Actor,
  CONFLICT_SAMPLE_SIZE,
  type Conflict,
  type LeaseId,
  type LockMode,
  type RecordKey,
  type TaskView,
} from '@rowlock/protocol';
import { MemoryChanges } from './memoryChanges.ts';
import {
  covers,
  createMemoryLease,
  isSharedWith,
  isTabOf,
  type MemoryLease,
  type NewMemoryLease,
  overlaps,
  sharerOf,
} from './memoryLease.ts';
import { type MemoryPermissions, withoutResult } from './memoryPermissions.ts';
import type { MemoryTab } from './memoryTab.ts';

/** Of a request for records. */
export interface Asker {
  /** The conflicts are as this user may see them. Default: as they are */
  actor?: Actor;
  /** The lease that asks: a waiting one is blocked only by leases that came earlier */
  self?: MemoryLease | undefined;
  /** The user whose tabs share records */
  sharer?: Actor | undefined;
  /** A lease that the new one replaces, so it blocks nothing */
  replaces?: MemoryLease | undefined;
}

export interface Examination {
  /** The leases that block the request: those in force, then those that came earlier and wait */
  conflicts: Conflict[];
  /** The requested records that they block */
  blocked: Set<RecordKey>;
  /** The others */
  available: RecordKey[];
}

export class MemoryLedger {
  /** Those in force */
  readonly leases = new Map<LeaseId, MemoryLease>();
  /** Those that wait, of tabs and of tasks, in the order of their arrival */
  readonly waiting = new Map<LeaseId, MemoryLease>();
  readonly tasks = new Map<string, TaskView>();
  readonly changes = new MemoryChanges();
  /** Those that are connected */
  readonly tabs = new Set<MemoryTab>();
  readonly #permissions: MemoryPermissions;
  #lastLease = 0;

  constructor(permissions: MemoryPermissions) {
    this.#permissions = permissions;
  }

  /** A lease in force. Does not check for conflicts. */
  acquire(records: readonly RecordKey[], given: NewMemoryLease): MemoryLease {
    const lease = createMemoryLease(records, given, this.nextFence());
    this.leases.set(lease.view.id, lease);
    return lease;
  }

  /** A lease that waits. */
  wait(records: readonly RecordKey[], given: NewMemoryLease): MemoryLease {
    const lease = createMemoryLease(records, given, this.nextFence());
    this.waiting.set(lease.view.id, lease);
    return lease;
  }

  /** A waiting lease comes into force. Does not check for conflicts. */
  bringIntoForce(lease: MemoryLease, since: number): void {
    const { id } = lease.view;
    this.waiting.delete(id);
    lease.fence = this.nextFence();
    lease.view = { ...lease.view, since };
    this.leases.set(id, lease);
  }

  /** A lease ends, in force or waiting. */
  delete(leaseId: LeaseId): void {
    this.leases.delete(leaseId);
    this.waiting.delete(leaseId);
  }

  /** A lease, in force or waiting. */
  find(leaseId: LeaseId): MemoryLease | undefined {
    return this.leases.get(leaseId) ?? this.waiting.get(leaseId);
  }

  nextFence(): string {
    this.#lastLease += 1;
    return String(this.#lastLease);
  }

  /** The lease covers these records from now on. */
  setRecords(lease: MemoryLease, records: Iterable<RecordKey>): void {
    lease.records = new Set(records);
    lease.view = { ...lease.view, recordCount: lease.records.size };
  }

  leasesOn(key: RecordKey): MemoryLease[] {
    return [...this.leases.values()].filter((lease) => covers(lease.records, key));
  }

  /** The leases of a tab, in force or waiting. */
  leasesOfTab(tab: MemoryTab): MemoryLease[] {
    return [...this.leases.values(), ...this.waiting.values()].filter((lease) => lease.tab === tab);
  }

  conflictsOf(records: readonly RecordKey[], mode: LockMode, asker: Asker = {}): Conflict[] {
    return this.examine(records, mode, asker).conflicts;
  }

  /** The leases that a request for these records meets. */
  examine(records: readonly RecordKey[], mode: LockMode, asker: Asker = {}): Examination {
    const { self, replaces, sharer } = asker;
    const wanted = [...new Set(records)];
    const conflicts: Conflict[] = [];
    const blocked = new Set<RecordKey>();
    for (const lease of [...this.leases.values(), ...this.#waitingBefore(self)]) {
      if (lease === self || lease === replaces) continue;
      if (mode === 'shared' && lease.view.mode === 'shared') continue;
      if (isSharedWith(self ? sharerOf(self) : sharer, lease)) continue;
      const common = wanted.filter((key) => overlaps(lease.records, key));
      if (common.length === 0) continue;
      for (const key of common) blocked.add(key);
      conflicts.push(this.#conflictWith(lease, common, asker.actor));
    }
    return { conflicts, blocked, available: wanted.filter((key) => !blocked.has(key)) };
  }

  /** All of them, if the lease does not wait. */
  #waitingBefore(self: MemoryLease | undefined): MemoryLease[] {
    const all = [...this.waiting.values()];
    const turn = self ? all.indexOf(self) : -1;
    return turn < 0 ? all : all.slice(0, turn);
  }

  #conflictWith(lease: MemoryLease, common: readonly RecordKey[], actor: Actor | undefined): Conflict {
    const { view } = lease;
    const task = this.tasks.get(view.holder.id);
    const isShown = task && (!actor || this.#permissions.mayWatch(actor, task));
    return {
      lease: actor ? this.#permissions.asSeen(actor, view, task) : view,
      ...(isShown && { task: withoutResult(task) }),
      recordCount: common.length,
      records: common.slice(0, CONFLICT_SAMPLE_SIZE),
      ...(actor && isTabOf(actor, lease) && { isSameUser: true }),
      ...(this.waiting.has(view.id) && { isWaiting: true }),
    };
  }
}
