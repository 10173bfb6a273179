/** The leases, tasks and viewers of the server in memory, as a user may see them. */
import {
  type Actor,
  type LeaseView,
  matchesTask,
  NAMED_VIEWERS,
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
import type { MemoryLease } from './memoryLease.ts';
import type { MemoryLedger } from './memoryLedger.ts';
import { type MemoryPermissions, withoutResult } from './memoryPermissions.ts';
import type { MemoryTab } from './memoryTab.ts';

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

export class MemoryViews {
  readonly #ledger: MemoryLedger;
  readonly #permissions: MemoryPermissions;
  #lastPosition = 0;

  constructor(ledger: MemoryLedger, permissions: MemoryPermissions) {
    this.#ledger = ledger;
    this.#permissions = permissions;
  }

  /** The state of records and tasks, for the user of a tab. */
  viewOf(
    tab: MemoryTab,
    { records = [], tasks = [], holders = [], resources = [], presence = [], changed = [] }: ViewContent,
  ): View {
    this.#lastPosition += 1;
    const position = String(this.#lastPosition);
    const { version } = this.#ledger.changes;
    const view: View = { position, records: {}, leases: [], tasks: [], version };
    if (changed.length > 0) view.changed = changed;
    if (resources.length > 0) {
      view.resources = Object.fromEntries(resources.map((name) => [name, this.#countsOn(name)]));
    }
    if (presence.length > 0) {
      view.viewers = Object.fromEntries(presence.map((key) => [key, this.#viewersOf(key, tab)]));
    }
    const leases = new Set<MemoryLease>();
    const named = new Set(tasks);
    const taskIds = new Set([...tasks, ...holders]);
    for (const key of records) {
      const onRecord = this.#ledger.leasesOn(key);
      view.records[key] = onRecord.map((lease) => lease.view.id);
      for (const lease of onRecord) {
        leases.add(lease);
        if (lease.view.holder.type === 'task') taskIds.add(lease.view.holder.id);
      }
    }
    view.leases = [...leases].map(({ view: lease }) =>
      this.#permissions.asSeen(tab.actor, lease, this.#ledger.tasks.get(lease.holder.id)),
    );
    view.tasks = [...taskIds].flatMap((id) => this.#taskAsSeen(tab, id, named.has(id)) ?? []);
    for (const { id } of view.tasks) tab.shownTasks.add(id);
    return view;
  }

  /** The tasks that match, newest launch first. */
  listTasks(filter: TaskFilter, actor: Actor): TaskView[] {
    return [...this.#ledger.tasks.values()]
      .filter((task) => matchesTask(task, filter) && this.#permissions.mayWatch(actor, task))
      .sort((a, b) => b.launchOrder - a.launchOrder);
  }

  /** The leases on a resource, oldest first. */
  listLocks(resource: string, actor: Actor): ResourceLock[] {
    return this.#partsOf(resource).map(({ view, part }) => {
      const task = this.#ledger.tasks.get(view.holder.id);
      const isShown = task && this.#permissions.mayWatch(actor, task);
      const lease = this.#permissions.asSeen(actor, view, task);
      return { lease, ...(isShown && { task: withoutResult(task) }), ...part };
    });
  }

  #countsOn(resource: string): ResourceView {
    const parts = this.#partsOf(resource).map(({ part }) => part);
    return {
      leaseCount: parts.length,
      recordCount: parts.reduce((sum, { recordCount }) => sum + recordCount, 0),
      isWhollyLocked: parts.some(({ isWhole }) => isWhole),
      hasSubtreeLocks: parts.some(({ hasSubtrees }) => hasSubtrees),
    };
  }

  /** The part of a resource that each lease covers. Without a hierarchy a subtree has no rows of another resource. */
  #partsOf(resource: string): { view: LeaseView; part: Omit<ResourceLock, 'lease' | 'task'> }[] {
    const whole = wholeResource(resource);
    return [...this.#ledger.leases.values()].flatMap(({ view, records, scope }) => {
      const isWhole = records.has(whole);
      const recordCount = [...records].filter((key) => key !== whole && resourceOf(key) === resource).length;
      if (recordCount === 0 && !isWhole) return [];
      const hasSubtrees = scope === 'subtree' && recordCount > 0;
      return { view, part: { recordCount, isWhole, hasSubtrees } };
    });
  }

  /** Each other user once, by name. */
  #viewersOf(record: RecordKey, tab: MemoryTab): Viewers {
    const others = [...this.#ledger.tabs].filter(
      (other) => other.sessionId !== tab.sessionId && other.presence.has(record),
    );
    const actors = [...new Map(others.map(({ actor }) => [actor.id, actor])).values()];
    actors.sort((one, other) => (one.name < other.name ? -1 : 1));
    return { actors: actors.slice(0, NAMED_VIEWERS), count: actors.length };
  }

  #taskAsSeen(tab: MemoryTab, taskId: string, isNamed: boolean): TaskView | undefined {
    const task = this.#ledger.tasks.get(taskId);
    if (!task || !this.#permissions.mayWatch(tab.actor, task)) return undefined;
    return isNamed || tab.watchesTask(task) ? task : withoutResult(task);
  }
}
