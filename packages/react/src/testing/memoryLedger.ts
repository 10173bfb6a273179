/** The data of the server in memory: the leases with their records, and the tasks. */
import {
  type Actor,
  CONFLICT_SAMPLE_SIZE,
  type Conflict,
  type Holder,
  type LeaseId,
  type LeaseView,
  type LockMode,
  matchesTask,
  type OwnedLease,
  type RecordChange,
  type RecordKey,
  type ResourceLock,
  type ResourceView,
  resourceOf,
  type TaskFilter,
  type TaskView,
  type View,
  wholeResource,
} from '@rowlock/protocol';
import { randomToken } from '../core/randomToken.ts';
import { MemoryChanges } from './memoryChanges.ts';
import { type MemoryPermissions, withoutResult } from './memoryPermissions.ts';
import type { MemoryTab } from './memoryTab.ts';

export interface MemoryLease {
  view: LeaseView;
  records: Set<RecordKey>;
  secret: string;
  tab: MemoryTab | undefined;
}

/** The content of a view. */
export interface ViewContent {
  records?: readonly RecordKey[];
  /** Tasks that the tab watches. The tasks that hold the records are added */
  tasks?: readonly string[];
  /** Tasks that have just held records that the tab watches */
  holders?: readonly string[];
  resources?: readonly string[];
  changed?: RecordChange[];
}

export class MemoryLedger {
  readonly leases = new Map<LeaseId, MemoryLease>();
  readonly tasks = new Map<string, TaskView>();
  readonly changes = new MemoryChanges();
  readonly #permissions: MemoryPermissions;
  #lastLease = 0;
  #lastPosition = 0;

  constructor(permissions: MemoryPermissions) {
    this.#permissions = permissions;
  }

  acquire(
    records: readonly RecordKey[],
    {
      holder,
      mode,
      since,
      tab,
      leaseId,
    }: {
      holder: Holder;
      mode: LockMode;
      since: number;
      tab: MemoryTab | undefined;
      /** Replaces the lease with this id. Default: a new one */
      leaseId?: LeaseId | undefined;
    },
  ): MemoryLease {
    if (leaseId === undefined) this.#lastLease += 1;
    const id = leaseId ?? String(this.#lastLease);
    const covered = new Set(records);
    const view: LeaseView = { id, holder, mode, since, recordCount: covered.size };
    const lease: MemoryLease = { view, records: covered, secret: randomToken(), tab };
    this.leases.set(id, lease);
    return lease;
  }

  conflictsOf(records: readonly RecordKey[], mode: LockMode, actor: Actor): Conflict[] {
    const wanted = new Set(records);
    const conflicts: Conflict[] = [];
    for (const lease of this.leases.values()) {
      if (mode === 'shared' && lease.view.mode === 'shared') continue;
      const common = [...wanted].filter((key) => lease.records.has(key));
      if (common.length === 0) continue;
      const task = this.tasks.get(lease.view.holder.id);
      const isShown = task && this.#permissions.mayWatch(actor, task);
      conflicts.push({
        lease: this.#permissions.asSeen(actor, lease.view, task),
        ...(isShown && { task: withoutResult(task) }),
        recordCount: common.length,
        records: common.slice(0, CONFLICT_SAMPLE_SIZE),
        ...(isTabOf(actor, lease) && { isSameUser: true }),
      });
    }
    return conflicts;
  }

  /** The tasks that match and that a user may watch, newest launch first. */
  listTasks(filter: TaskFilter, actor: Actor): TaskView[] {
    return [...this.tasks.values()]
      .filter((task) => matchesTask(task, filter) && this.#permissions.mayWatch(actor, task))
      .sort((a, b) => b.launchOrder - a.launchOrder);
  }

  leasesOn(key: RecordKey): MemoryLease[] {
    return [...this.leases.values()].filter((lease) => lease.records.has(key));
  }

  /** The leases on a resource, oldest first, as a user may see them. */
  locksOn(resource: string, actor: Actor): ResourceLock[] {
    return this.#partsOf(resource).map(({ view, part }) => {
      const task = this.tasks.get(view.holder.id);
      const isShown = task && this.#permissions.mayWatch(actor, task);
      const lease = this.#permissions.asSeen(actor, view, task);
      return { lease, ...(isShown && { task: withoutResult(task) }), ...part };
    });
  }

  countsOn(resource: string): ResourceView {
    const parts = this.#partsOf(resource).map(({ part }) => part);
    return {
      leaseCount: parts.length,
      recordCount: parts.reduce((sum, { recordCount }) => sum + recordCount, 0),
      isWhollyLocked: parts.some(({ isWhole }) => isWhole),
      hasSubtreeLocks: parts.some(({ hasSubtrees }) => hasSubtrees),
    };
  }

  /** The state of records and tasks, as the user of a tab may see it. */
  viewOf(
    tab: MemoryTab,
    { records = [], tasks = [], holders = [], resources = [], changed = [] }: ViewContent,
  ): View {
    this.#lastPosition += 1;
    const position = String(this.#lastPosition);
    const { version } = this.changes;
    const view: View = { position, records: {}, leases: [], tasks: [], version };
    if (changed.length > 0) view.changed = changed;
    if (resources.length > 0) {
      view.resources = Object.fromEntries(resources.map((name) => [name, this.countsOn(name)]));
    }
    const leases = new Set<MemoryLease>();
    const named = new Set(tasks);
    const taskIds = new Set([...tasks, ...holders]);
    for (const key of records) {
      const onRecord = this.leasesOn(key);
      view.records[key] = onRecord.map((lease) => lease.view.id);
      for (const lease of onRecord) {
        leases.add(lease);
        if (lease.view.holder.type === 'task') taskIds.add(lease.view.holder.id);
      }
    }
    view.leases = [...leases].map(({ view: lease }) =>
      this.#permissions.asSeen(tab.actor, lease, this.tasks.get(lease.holder.id)),
    );
    view.tasks = [...taskIds].flatMap((id) => this.#taskAsSeen(tab, id, named.has(id)) ?? []);
    return view;
  }

  /** The part of a resource that each lease covers. The server in memory knows no subtrees. */
  #partsOf(resource: string): { view: LeaseView; part: Omit<ResourceLock, 'lease' | 'task'> }[] {
    const whole = wholeResource(resource);
    return [...this.leases.values()].flatMap(({ view, records }) => {
      const isWhole = records.has(whole);
      const recordCount = [...records].filter((key) => key !== whole && resourceOf(key) === resource).length;
      if (recordCount === 0 && !isWhole) return [];
      return { view, part: { recordCount, isWhole, hasSubtrees: false } };
    });
  }

  #taskAsSeen(tab: MemoryTab, taskId: string, isNamed: boolean): TaskView | undefined {
    const task = this.tasks.get(taskId);
    if (!task || !this.#permissions.mayWatch(tab.actor, task)) return undefined;
    return isNamed || tab.watchesTask(task) ? task : withoutResult(task);
  }
}

const isTabOf = (actor: Actor, { view: { holder } }: MemoryLease): boolean =>
  holder.type === 'person' && holder.actor.id === actor.id;

/** The lease as its own tab gets it. */
export const owned = ({ view, secret }: MemoryLease): OwnedLease => ({
  id: view.id,
  secret,
  fence: view.id,
  ttlMs: 15_000,
  recordCount: view.recordCount,
});
