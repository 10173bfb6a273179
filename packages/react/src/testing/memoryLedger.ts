/** The data of the server in memory: the leases with their records, and the tasks. */
import {
  type Actor,
  CONFLICT_SAMPLE_SIZE,
  type Conflict,
  type Holder,
  type LeaseId,
  type LeaseView,
  type LockMode,
  type LockScope,
  matchesTask,
  NAMED_VIEWERS,
  type OwnedLease,
  type RecordChange,
  type RecordKey,
  type ResourceLock,
  type ResourceView,
  resourceOf,
  type TaskFilter,
  type TaskView,
  type View,
  type Viewers,
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
  fence: string;
  scope: LockScope;
  tab: MemoryTab | undefined;
}

interface NewMemoryLease {
  holder: Holder;
  mode: LockMode;
  /** Default `record` */
  scope?: LockScope;
  since: number;
  tab: MemoryTab | undefined;
  /** Replaces the lease with this id. Default: a new one */
  leaseId?: LeaseId | undefined;
}

/** The content of a view. */
export interface ViewContent {
  records?: readonly RecordKey[];
  /** Tasks that the tab watches. The tasks that hold the records are added */
  tasks?: readonly string[];
  /** Tasks that have just held records that the tab watches */
  holders?: readonly string[];
  resources?: readonly string[];
  /** Records whose viewers the tab watches */
  presence?: readonly RecordKey[];
  changed?: RecordChange[];
}

export class MemoryLedger {
  /** Those in force */
  readonly leases = new Map<LeaseId, MemoryLease>();
  /** Those that wait, in the order of their arrival */
  readonly waiting = new Map<LeaseId, MemoryLease>();
  readonly tasks = new Map<string, TaskView>();
  readonly changes = new MemoryChanges();
  /** Those that are connected */
  readonly tabs = new Set<MemoryTab>();
  readonly #permissions: MemoryPermissions;
  #lastLease = 0;
  #lastPosition = 0;

  constructor(permissions: MemoryPermissions) {
    this.#permissions = permissions;
  }

  /** A lease in force. Does not check for conflicts. */
  acquire(records: readonly RecordKey[], given: NewMemoryLease): MemoryLease {
    const lease = this.#newLease(records, given);
    this.leases.set(lease.view.id, lease);
    return lease;
  }

  /** A lease that waits. */
  wait(records: readonly RecordKey[], given: NewMemoryLease): MemoryLease {
    const lease = this.#newLease(records, given);
    this.waiting.set(lease.view.id, lease);
    return lease;
  }

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

  /** The leases of a tab, in force or waiting. */
  leasesOfTab(tab: MemoryTab): MemoryLease[] {
    return [...this.leases.values(), ...this.waiting.values()].filter((lease) => lease.tab === tab);
  }

  /**
   * The leases that block a request: those in force, and those that came earlier and wait.
   * `actor`: as this user may see them. `self`: the lease that asks. `sharer`: the user whose tabs share records
   */
  conflictsOf(
    records: readonly RecordKey[],
    mode: LockMode,
    { actor, self, sharer }: { actor?: Actor; self?: MemoryLease; sharer?: Actor | undefined } = {},
  ): Conflict[] {
    const wanted = [...new Set(records)];
    const conflicts: Conflict[] = [];
    const before = [...this.waiting.values()];
    const ownTurn = self ? before.indexOf(self) : -1;
    const earlier = ownTurn < 0 ? before : before.slice(0, ownTurn);
    for (const lease of [...this.leases.values(), ...earlier]) {
      if (lease === self || (mode === 'shared' && lease.view.mode === 'shared')) continue;
      if (isSharedWith(self ? sharerOf(self) : sharer, lease)) continue;
      const common = wanted.filter((key) => overlaps(lease.records, key));
      if (common.length === 0) continue;
      const task = this.tasks.get(lease.view.holder.id);
      const isShown = task && (!actor || this.#permissions.mayWatch(actor, task));
      conflicts.push({
        lease: actor ? this.#permissions.asSeen(actor, lease.view, task) : lease.view,
        ...(isShown && { task: withoutResult(task) }),
        recordCount: common.length,
        records: common.slice(0, CONFLICT_SAMPLE_SIZE),
        ...(actor && isTabOf(actor, lease) && { isSameUser: true }),
        ...(this.waiting.has(lease.view.id) && { isWaiting: true }),
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
    return [...this.leases.values()].filter((lease) => covers(lease.records, key));
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
    { records = [], tasks = [], holders = [], resources = [], presence = [], changed = [] }: ViewContent,
  ): View {
    this.#lastPosition += 1;
    const position = String(this.#lastPosition);
    const { version } = this.changes;
    const view: View = { position, records: {}, leases: [], tasks: [], version };
    if (changed.length > 0) view.changed = changed;
    if (resources.length > 0) {
      view.resources = Object.fromEntries(resources.map((name) => [name, this.countsOn(name)]));
    }
    if (presence.length > 0) {
      view.viewers = Object.fromEntries(presence.map((key) => [key, this.#viewersOf(key, tab)]));
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
    for (const { id } of view.tasks) tab.shownTasks.add(id);
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

  /** Each other user once, by name. */
  #viewersOf(record: RecordKey, tab: MemoryTab): Viewers {
    const others = [...this.tabs].filter(
      (other) => other.sessionId !== tab.sessionId && other.presence.has(record),
    );
    const actors = [...new Map(others.map(({ actor }) => [actor.id, actor])).values()];
    actors.sort((one, other) => (one.name < other.name ? -1 : 1));
    return { actors: actors.slice(0, NAMED_VIEWERS), count: actors.length };
  }

  #taskAsSeen(tab: MemoryTab, taskId: string, isNamed: boolean): TaskView | undefined {
    const task = this.tasks.get(taskId);
    if (!task || !this.#permissions.mayWatch(tab.actor, task)) return undefined;
    return isNamed || tab.watchesTask(task) ? task : withoutResult(task);
  }

  #newLease(
    records: readonly RecordKey[],
    { holder, mode, scope = 'record', since, tab, leaseId }: NewMemoryLease,
  ): MemoryLease {
    const fence = this.nextFence();
    const id = leaseId ?? fence;
    const covered = new Set(records);
    const view: LeaseView = { id, holder, mode, since, recordCount: covered.size };
    return { view, records: covered, secret: randomToken(), fence, scope, tab };
  }
}

/** Whether records that may be whole resources include this one. */
export const covers = (records: ReadonlySet<RecordKey>, key: RecordKey): boolean =>
  records.has(key) || records.has(wholeResource(resourceOf(key)));

/** The same, also if `key` is a whole resource of which they include a part. */
function overlaps(records: ReadonlySet<RecordKey>, key: RecordKey): boolean {
  if (covers(records, key)) return true;
  return key.endsWith('/*') && [...records].some((each) => resourceOf(each) === resourceOf(key));
}

const isTabOf = (actor: Actor, { view: { holder } }: MemoryLease): boolean =>
  holder.type === 'person' && holder.actor.id === actor.id;

/** The lease as its own tab gets it. */
export const owned = ({ view, secret, fence }: MemoryLease): OwnedLease => ({
  id: view.id,
  secret,
  fence,
  ttlMs: 15_000,
  recordCount: view.recordCount,
});

/** The user whose other tabs may hold the records of this lease too. */
const sharerOf = ({ view: { holder } }: MemoryLease): Actor | undefined =>
  holder.sharesWithUser ? holder.actor : undefined;

const isSharedWith = (sharer: Actor | undefined, lease: MemoryLease): boolean =>
  sharer !== undefined && sharerOf(lease)?.id === sharer.id;
