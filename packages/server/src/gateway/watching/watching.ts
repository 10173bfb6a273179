/**
 * The watches of all sessions, which the change log keeps up to date.
 *
 * Snapshots and log entries go through one lane, one after the other. So the view never changes during a load, and
 * messages are in the order of the log. The lane never calls code of the application.
 */
import type { View } from '@rowlock/protocol';
import type { Clock } from '../../clock.ts';
import type { LockRegistry } from '../../locks/registry/lockRegistry.ts';
import type { Permissions } from '../../permissions.ts';
import type { TaskStore } from '../../tasks/store/taskStore.ts';
import type { Tasks } from '../../tasks/tasks.ts';
import type { InternalVersions } from '../../versions/versions.ts';
import type { Follower } from '../follower.ts';
import { createLane } from '../lane.ts';
import type { Session } from '../session/session.ts';
import type { WatchedRecords } from '../view/watchedRecords.ts';
import { isFilter, WatchedTasks } from '../view/watchedTasks.ts';
import { createChangeWatch } from './changeWatch.ts';
import { createLogFollower } from './logFollower.ts';
import { createRecordWatch } from './recordWatch.ts';
import { createReadRowHolders } from './rowHolders.ts';
import { createTaskWatch } from './taskWatch.ts';
import { createAnswerWatch } from './watchAnswer.ts';
import type { WatchCounts, WatchNames } from './watchNames.ts';

export interface Watching extends Follower {
  watch(session: Session, names: WatchNames): Promise<View>;
  unwatch(session: Session, names: WatchNames): void;
  forget(session: Session): void;
  /** How much a session would watch if it watched these too. */
  countWith(session: Session, names: WatchNames): WatchCounts;
}

export function createWatching(parts: {
  watched: WatchedRecords<Session>;
  registry: LockRegistry;
  store: TaskStore;
  tasks: Tasks;
  permissions: Permissions;
  versions: Pick<InternalVersions, 'current' | 'newestChanges'>;
  clock: Clock;
}): Watching {
  const { watched, registry } = parts;
  const watchedTasks = new WatchedTasks<Session>();
  const recordWatch = createRecordWatch(parts);
  const changeWatch = createChangeWatch(parts);
  const taskWatch = createTaskWatch({ ...parts, watchedTasks });
  const follower = createLogFollower({ ...parts, watchedTasks, recordWatch, changeWatch, taskWatch });
  const readRowHolders = createReadRowHolders({ ...parts, leases: watched.leases });
  const answerWatch = createAnswerWatch({ ...parts, watchedTasks, readRowHolders });
  const inLane = createLane();

  const notWatchedBy = (session: Session, { records, tasks }: WatchNames): WatchNames => ({
    records: watched.notWatchedBy(session, [...new Set(records)]),
    tasks: watchedTasks.notWatchedBy(session, isFilter(tasks) ? tasks : [...new Set(tasks)]),
  });

  function unwatch(session: Session, { records, tasks }: WatchNames): void {
    watched.unwatch(records, session);
    session.dropRecords(records);
    watchedTasks.unwatch(tasks, session);
  }

  function forget(session: Session): void {
    watched.forget(session);
    watchedTasks.forget(session);
  }

  return {
    async watch(session, names) {
      const added = notWatchedBy(session, names);
      try {
        // Not in the lane, because it calls the application.
        const ancestors = await registry.getAncestors(names.records);
        const position = await inLane(async () => {
          await changeWatch.begin();
          const knownAt = await recordWatch.begin(session, names.records, ancestors);
          watchedTasks.watch(names.tasks, session);
          return knownAt;
        });
        const view = await answerWatch(session, names, position);
        if (names.since === undefined || names.records.length === 0) return view;
        return { ...view, changed: await changeWatch.listSince(names.since, names.records, ancestors) };
      } catch (error) {
        unwatch(session, added);
        throw error;
      } finally {
        if (!session.socket.connected) forget(session);
      }
    },

    unwatch,
    forget,
    countWith(session, names) {
      const added = notWatchedBy(session, names);
      const { tasks } = added;
      return {
        records: watched.watchedBy(session).size + added.records.length,
        tasks: watchedTasks.watchedBy(session).size + (isFilter(tasks) ? 0 : tasks.length),
        taskFilters: watchedTasks.countFilters(session) + (isFilter(tasks) ? 1 : 0),
      };
    },

    apply: (entries, progress) => inLane(async () => follower.apply(entries, progress)),
    reload: () => inLane(() => follower.reload()),
  };
}
