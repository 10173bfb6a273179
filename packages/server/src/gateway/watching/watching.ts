/**
 * Keeps the watches of all sessions up to date from the change log.
 *
 * Snapshots and log entries go through one lane, one after the other. So the view never changes during a load, and
 * messages are in the order of the log. The lane never calls code of the application.
 */
import { isFinal, type RecordKey, type TaskView, type View } from '@rowlock/protocol';
import type { LogEntry, ProgressEntry } from '../../changeLog/entry.ts';
import type { Clock } from '../../clock.ts';
import { type Coverage, readCoverage, unpackChunk } from '../../locks/registry/coverage.ts';
import type { LockRegistry } from '../../locks/registry/lockRegistry.ts';
import type { Permissions } from '../../permissions.ts';
import { withoutResult } from '../../tasks/read/visibleTask.ts';
import type { TaskStore } from '../../tasks/store/taskStore.ts';
import type { Tasks } from '../../tasks/tasks.ts';
import { createLane } from '../lane.ts';
import type { Session } from '../session/session.ts';
import type { WatchedRecords } from '../view/watchedRecords.ts';
import { WatchedTasks } from '../view/watchedTasks.ts';
import { readAcquiredCoverage } from './acquiredCoverage.ts';

/** How many tasks a session gets at first if it watches all of them. */
const TASKS_AT_FIRST = 100;
/** How long the answer to `watch` waits for `authorize` about the holders of rows. */
const ANSWER_WAIT_MS = 500;
const LOAD_CHUNK = 10_000;
const NOTHING: Coverage = { records: [], subtrees: [] };

export interface Watching {
  watch(session: Session, records: readonly RecordKey[], tasks: readonly string[] | 'all'): Promise<View>;
  unwatch(session: Session, records: readonly RecordKey[], tasks: readonly string[] | 'all'): void;
  forget(session: Session): void;
  /** The tasks are those that it watches by their ids */
  watchedBy(session: Session): { records: ReadonlySet<RecordKey>; tasks: ReadonlySet<string> };
  apply(entries: readonly LogEntry[], progress: readonly ProgressEntry[]): Promise<void>;
  /** After a gap: reads everything again, and sends the differences to each session. */
  reload(): Promise<void>;
}

interface Change {
  records: RecordKey[];
  position: string;
}

export function createWatching(deps: {
  watched: WatchedRecords<Session>;
  registry: LockRegistry;
  store: TaskStore;
  tasks: Tasks;
  permissions: Permissions;
  clock: Clock;
}): Watching {
  const { watched, registry, store, tasks, permissions, clock } = deps;
  const watchedTasks = new WatchedTasks<Session>();
  const inLane = createLane();

  async function permitted(session: Session, candidates: readonly TaskView[]): Promise<TaskView[]> {
    const granted = await Promise.all(candidates.map((task) => permissions.mayWatch(session.actor, task)));
    return candidates.filter((_, i) => granted[i]);
  }

  /**
   * Reads all watched records again. Differences go into `changes` at once, so that they are sent even if a later
   * part fails.
   */
  async function reloadRecords(changes: Change[]): Promise<void> {
    const records = watched.keys();
    for (let start = 0; start < records.length; start += LOAD_CHUNK) {
      const chunk = records.slice(start, start + LOAD_CHUNK);
      const ancestors = new Map(chunk.map((key) => [key, watched.ancestorsOf(key)]));
      const snapshot = await registry.check(chunk, ancestors);
      changes.push({ records: watched.load(chunk, snapshot), position: snapshot.position });
    }
  }

  function sendRecords(changes: readonly Change[]): void {
    for (const { records, position } of changes) {
      const bySession = new Map<Session, RecordKey[]>();
      for (const key of records) {
        for (const session of watched.watchersOf(key)) {
          const keys = bySession.get(session);
          if (keys) keys.push(key);
          else bySession.set(session, [key]);
        }
      }
      for (const [session, keys] of bySession) session.noteRecords(keys, position);
    }
  }

  /** Sends a task to its watchers and to watchers of its rows, each as `authorize` permits. */
  function sendTask(task: TaskView, rowWatchers: ReadonlySet<Session>, isUrgent: boolean): void {
    for (const session of new Set([...rowWatchers, ...watchedTasks.watchersOf(task.id)])) {
      session.noteTask(asSeenBy(session, task), isUrgent);
    }
  }

  const asSeenBy = (session: Session, task: TaskView) =>
    watchedTasks.isWatchedBy(session, task.id) ? task : withoutResult(task);

  /** The holders of rows that a tab may watch, and those about which `authorize` has not answered in time. */
  async function holdersSeenBy(session: Session, records: readonly RecordKey[]) {
    const seen: TaskView[] = [];
    const unanswered: TaskView[] = [];
    const asked = new Set<string>();
    for (;;) {
      const ids = watched.leases.holdingTasks(records).filter((id) => !asked.has(id));
      if (ids.length === 0) return { seen, unanswered };
      for (const id of ids) asked.add(id);
      const holders = await store.getMany(ids);
      const answers = await Promise.all(
        holders.map((task) => soon(permissions.mayWatch(session.actor, task))),
      );
      for (const [i, task] of holders.entries()) {
        if (answers[i]) seen.push(asSeenBy(session, task));
        if (answers[i] === undefined) unanswered.push(asSeenBy(session, task));
      }
    }
  }

  /** Undefined if the answer fails, or takes too long to be waited for. */
  const soon = (answer: boolean | Promise<boolean>) =>
    new Promise<boolean | undefined>((resolve) => {
      const cancel = clock.after(ANSWER_WAIT_MS, () => resolve(undefined));
      Promise.resolve(answer)
        .then(resolve, () => resolve(undefined))
        .finally(cancel);
    });

  const isOfInterest = (taskId: string) =>
    watchedTasks.isWatched(taskId) || watched.watchersOfTask(taskId).size > 0;

  function unwatch(
    session: Session,
    records: readonly RecordKey[],
    taskIds: readonly string[] | 'all',
  ): void {
    watched.unwatch(records, session);
    watchedTasks.unwatch(taskIds, session);
  }

  function forget(session: Session): void {
    unwatch(session, [...watched.watchedBy(session)], [...watchedTasks.watchedBy(session)]);
    watchedTasks.unwatch('all', session);
  }

  return {
    async watch(session, records, taskIds) {
      const added = records.filter((key) => !watched.watchersOf(key).has(session));
      const addedTasks = watchedTasks.notWatchedBy(session, taskIds);
      try {
        const ancestors = await registry.getAncestors(records);
        const position = await inLane(async () => {
          // Watched first, then loaded. An entry that arrives meanwhile waits in the lane, and is compared by its
          // position.
          const unknown = watched.watch(records, session);
          for (const key of unknown) watched.place(key, ancestors.get(key) ?? []);
          const snapshot = await registry.check(unknown, ancestors);
          watched.load(unknown, snapshot);
          watchedTasks.watch(taskIds, session);
          return snapshot.position;
        });
        // Later changes are sent as changes, so these reads need not be in the lane.
        const named =
          taskIds === 'all'
            ? (await tasks.list({ limit: TASKS_AT_FIRST, visibleTo: session.actor })).tasks
            : await permitted(session, await store.getMany(taskIds));
        const seen = new Map(named.map((task) => [task.id, task]));
        const holders = await holdersSeenBy(session, records);
        for (const task of holders.seen) seen.set(task.id, task);
        const now = session.viewOf({ records, tasks: [...seen.values()], position }, new Set(seen.keys()));
        // After the view, which hides them. They are sent again with their rows when `authorize` has answered.
        for (const task of holders.unanswered) session.noteTask(task, true);
        return now;
      } catch (error) {
        unwatch(session, added, addedTasks);
        throw error;
      } finally {
        if (!session.socket.connected) forget(session);
      }
    },

    unwatch,
    forget,
    watchedBy: (session) => ({
      records: watched.watchedBy(session),
      tasks: watchedTasks.watchedBy(session),
    }),

    apply: (entries, progress) =>
      inLane(async () => {
        const coverage = watched.size > 0 ? await readAcquiredCoverage(registry, entries) : new Map();

        // The watchers of a task are read before the end of its lease is applied, so that they get its end.
        const urgent = new Map<string, Set<Session>>();
        const noteInterest = (taskId: string) => {
          if (!isOfInterest(taskId)) return;
          const watchers = urgent.get(taskId) ?? new Set();
          for (const session of watched.watchersOfTask(taskId)) watchers.add(session);
          urgent.set(taskId, watchers);
        };
        const changes: Change[] = [];
        try {
          for (const entry of entries) {
            const { position } = entry;
            switch (entry.kind) {
              case 'acquired': {
                const { lease } = entry;
                changes.push({
                  records: watched.acquired(lease, coverage.get(lease.id) ?? NOTHING, position),
                  position,
                });
                if (lease.holder.type === 'task') noteInterest(lease.holder.id);
                break;
              }
              case 'extended':
                changes.push({
                  records: watched.acquired(entry.lease, readCoverage([entry.chunk]), position),
                  position,
                });
                break;
              case 'freed': {
                const records = unpackChunk(entry.chunk);
                changes.push({ records: watched.released(entry.leaseId, position, records), position });
                break;
              }
              case 'transferred':
                changes.push({
                  records: watched.transferred(entry.leaseId, entry.holder, position),
                  position,
                });
                if (entry.holder.type === 'task') noteInterest(entry.holder.id);
                break;
              case 'released':
                changes.push({ records: watched.released(entry.leaseId, position), position });
                break;
              case 'waiting':
              case 'permissions':
                break;
              case 'task':
                noteInterest(entry.taskId);
                break;
              case 'epoch':
                await reloadRecords(changes);
                break;
            }
          }
          const moved = new Set(
            progress.map(({ taskId }) => taskId).filter((id) => !urgent.has(id) && isOfInterest(id)),
          );
          // With their rows: a message shows a holder by the answers of `authorize` since the last message.
          const holders = watched.leases.holdingTasks(changes.flatMap(({ records }) => records));
          for (const task of await store.getMany([...new Set([...urgent.keys(), ...moved, ...holders])])) {
            const watchers = urgent.get(task.id);
            const isUrgent = watchers !== undefined || isFinal(task.state);
            sendTask(task, watchers ?? watched.watchersOfTask(task.id), isUrgent);
          }
        } finally {
          // After the tasks, so that nobody sees free records before the end of their task. And in any case, because
          // the view has changed already, and a reload would find no difference.
          sendRecords(changes);
        }
      }),

    reload: () =>
      inLane(async () => {
        // The reads below then have the epoch of the present Redis.
        await registry.checkRestart();
        const changes: Change[] = [];
        try {
          await reloadRecords(changes);
          const recent = watchedTasks.areAllWatched
            ? (await tasks.list({ limit: TASKS_AT_FIRST })).tasks
            : [];
          const named = await store.getMany([...watchedTasks.ids(), ...watched.leases.taskIds()]);
          for (const task of new Map([...recent, ...named].map((each) => [each.id, each])).values()) {
            sendTask(task, watched.watchersOfTask(task.id), true);
          }
        } finally {
          sendRecords(changes);
        }
      }),
  };
}
