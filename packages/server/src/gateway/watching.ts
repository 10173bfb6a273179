/**
 * Who watches what, kept up to date from the change log.
 *
 * Loading snapshots and applying log entries go through one lane, one after the other: the view never changes under a
 * load, and what a tab is told comes in the order of the log.
 */
import { isFinal, type RecordKey, type TaskView, type View } from '@rowlock/protocol';
import type { LockRegistry } from '../locks/registry.ts';
import type { LogEntry, ProgressEntry } from '../log/entry.ts';
import type { Permissions } from '../permissions.ts';
import type { TaskStore } from '../tasks/taskStore.ts';
import type { Tasks } from '../tasks/tasks.ts';
import { createLane } from './lane.ts';
import type { LiveView } from './liveView.ts';
import type { TabSession } from './tabSession.ts';

/** Tasks that a tab which watches all of them is told at first. */
const TASKS_AT_FIRST = 100;
const LOAD_CHUNK = 10_000;

export interface Watching {
  watch(tab: TabSession, records: readonly RecordKey[], tasks: readonly string[] | 'all'): Promise<View>;
  unwatch(tab: TabSession, records: readonly RecordKey[], tasks: readonly string[] | 'all'): void;
  forget(tab: TabSession): void;
  apply(entries: readonly LogEntry[], progress: readonly ProgressEntry[]): Promise<void>;
  /** After a gap: everything anew, and tells each tab what differs. */
  reload(): Promise<void>;
}

export function createWatching(deps: {
  view: LiveView<TabSession>;
  registry: LockRegistry;
  store: TaskStore;
  tasks: Tasks;
  permissions: Permissions;
}): Watching {
  const { view, registry, store, tasks, permissions } = deps;
  const watchersOfTask = new Map<string, Set<TabSession>>();
  const watchersOfAllTasks = new Set<TabSession>();
  const inLane = createLane();

  const mayWatch = (tab: TabSession, task: TaskView) =>
    permissions.isGranted({ actor: tab.actor, action: 'watch', task });

  async function permitted(tab: TabSession, candidates: readonly TaskView[]): Promise<TaskView[]> {
    const granted = await Promise.all(candidates.map((task) => mayWatch(tab, task)));
    return candidates.filter((_, i) => granted[i]);
  }

  /** A task that holds a watched record is part of the answer to "who holds it", permitted with the record. */
  const holdersOf = (records: Iterable<RecordKey>): string[] => {
    const ids = new Set<string>();
    for (const key of records) {
      for (const leaseId of view.leasesOn(key)) {
        const holder = view.lease(leaseId)?.holder;
        if (holder?.type === 'task') ids.add(holder.id);
      }
    }
    return [...ids];
  };

  async function load(records: readonly RecordKey[]): Promise<RecordKey[]> {
    const changed: RecordKey[] = [];
    for (let start = 0; start < records.length; start += LOAD_CHUNK) {
      const chunk = records.slice(start, start + LOAD_CHUNK);
      changed.push(...view.load(chunk, await registry.check(chunk)));
    }
    return changed;
  }

  function tellRecords(changed: readonly RecordKey[], cursor: string): void {
    const byTab = new Map<TabSession, RecordKey[]>();
    for (const key of changed) {
      for (const tab of view.watchersOf(key)) {
        const keys = byTab.get(tab);
        if (keys) keys.push(key);
        else byTab.set(tab, [key]);
      }
    }
    for (const [tab, keys] of byTab) tab.noteRecords(keys, cursor);
  }

  /** Tells a task to those who see its records, and, where `authorize` agrees, to those who watch tasks. */
  function tellTask(task: TaskView, holderWatchers: ReadonlySet<TabSession>, isUrgent: boolean): void {
    for (const tab of holderWatchers) tab.noteTask(task, isUrgent);
    const others = new Set([...watchersOfAllTasks, ...(watchersOfTask.get(task.id) ?? [])]);
    for (const tab of others) {
      if (holderWatchers.has(tab)) continue;
      mayWatch(tab, task).then(
        (granted) => granted && tab.noteTask(task, isUrgent),
        () => {},
      );
    }
  }

  const isOfInterest = (taskId: string) =>
    watchersOfAllTasks.size > 0 || watchersOfTask.has(taskId) || view.watchersOfTask(taskId).size > 0;

  function addTaskWatch(tab: TabSession, taskIds: readonly string[] | 'all'): void {
    if (taskIds === 'all') {
      tab.watchesAllTasks = true;
      watchersOfAllTasks.add(tab);
      return;
    }
    for (const id of taskIds) {
      tab.tasks.add(id);
      const watchers = watchersOfTask.get(id) ?? new Set();
      watchersOfTask.set(id, watchers.add(tab));
    }
  }

  function removeTaskWatch(tab: TabSession, taskIds: Iterable<string> | 'all'): void {
    if (taskIds === 'all') {
      tab.watchesAllTasks = false;
      watchersOfAllTasks.delete(tab);
      return;
    }
    for (const id of taskIds) {
      tab.tasks.delete(id);
      const watchers = watchersOfTask.get(id);
      watchers?.delete(tab);
      if (watchers?.size === 0) watchersOfTask.delete(id);
    }
  }

  function removeRecordWatch(tab: TabSession, records: readonly RecordKey[]): void {
    for (const key of records) tab.records.delete(key);
    view.unwatch(records, tab);
  }

  return {
    watch: (tab, records, taskIds) =>
      inLane(async () => {
        const added = records.filter((key) => !tab.records.has(key));
        for (const key of added) tab.records.add(key);
        // Watched first, then loaded: an entry that comes meanwhile waits in the lane and is compared by its cursor.
        const unknown = view.watch(records, tab);
        try {
          const snapshot = await registry.check(unknown);
          view.load(unknown, snapshot);
          const named =
            taskIds === 'all' ? await tasks.list({ limit: TASKS_AT_FIRST }) : await store.getMany(taskIds);
          const seen = new Map((await permitted(tab, named)).map((task) => [task.id, task]));
          for (const task of await store.getMany(holdersOf(records))) seen.set(task.id, task);
          addTaskWatch(tab, taskIds);
          if (!tab.socket.connected) forget(tab);
          return tab.viewOf(records, [...seen.values()], snapshot.cursor);
        } catch (error) {
          removeRecordWatch(tab, added);
          throw error;
        }
      }),

    unwatch(tab, records, taskIds) {
      removeRecordWatch(tab, records);
      removeTaskWatch(tab, taskIds);
    },

    forget,

    apply: (entries, progress) =>
      inLane(async () => {
        const taken = entries.filter((entry) => entry.kind === 'acquired');
        const covered =
          view.size > 0 && taken.length > 0
            ? await registry.recordsOf(taken.map((entry) => entry.lease.id))
            : new Map<string, RecordKey[]>();

        // Interest in a task is asked before its lease's end is applied: who saw it hold learns how it ended.
        const urgent = new Map<string, Set<TabSession>>();
        const noteInterest = (taskId: string) => {
          if (!isOfInterest(taskId)) return;
          const watchers = urgent.get(taskId) ?? new Set();
          for (const tab of view.watchersOfTask(taskId)) watchers.add(tab);
          urgent.set(taskId, watchers);
        };
        const changes: { records: RecordKey[]; cursor: string }[] = [];
        for (const entry of entries) {
          const { cursor } = entry;
          switch (entry.kind) {
            case 'acquired': {
              const { lease } = entry;
              changes.push({ records: view.acquired(lease, covered.get(lease.id) ?? [], cursor), cursor });
              if (lease.holder.type === 'task') noteInterest(lease.holder.id);
              break;
            }
            case 'released':
              changes.push({ records: view.released(entry.leaseId, cursor), cursor });
              break;
            case 'task':
              noteInterest(entry.taskId);
              break;
            case 'epoch':
              changes.push({ records: await load(view.keys()), cursor });
              break;
          }
        }
        const moved = new Set(
          progress.map(({ taskId }) => taskId).filter((id) => !urgent.has(id) && isOfInterest(id)),
        );
        for (const task of await store.getMany([...urgent.keys(), ...moved])) {
          const watchers = urgent.get(task.id);
          tellTask(
            task,
            watchers ?? view.watchersOfTask(task.id),
            watchers !== undefined || isFinal(task.state),
          );
        }
        // After the tasks: nobody sees records become free before he sees how their task has ended.
        for (const { records, cursor } of changes) tellRecords(records, cursor);
      }),

    reload: () =>
      inLane(async () => {
        const { cursor } = await registry.check([]);
        tellRecords(await load(view.keys()), cursor);
        const recent = watchersOfAllTasks.size > 0 ? await tasks.list({ limit: TASKS_AT_FIRST }) : [];
        const named = await store.getMany([...watchersOfTask.keys(), ...view.tasks()]);
        for (const task of new Map([...recent, ...named].map((each) => [each.id, each])).values()) {
          tellTask(task, view.watchersOfTask(task.id), true);
        }
      }),
  };

  function forget(tab: TabSession): void {
    removeRecordWatch(tab, [...tab.records]);
    removeTaskWatch(tab, [...tab.tasks]);
    removeTaskWatch(tab, 'all');
  }
}
