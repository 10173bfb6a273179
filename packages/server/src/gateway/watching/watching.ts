/**
 * The watches of all sessions, which the change log keeps up to date.
 *
 * Snapshots and log entries go through one lane, one after the other. So the view never changes during a load, and
 * messages are in the order of the log. The lane never calls code of the application.
 */
import type { TaskView, View } from '@rowlock/protocol';
import type { Clock } from '../../clock.ts';
import type { InternalRegistry } from '../../locks/registry/lockRegistry.ts';
import type { Permissions } from '../../permissions.ts';
import type { TaskStore } from '../../tasks/store/taskStore.ts';
import type { Tasks } from '../../tasks/tasks.ts';
import type { InternalVersions } from '../../versions/versions.ts';
import type { Follower } from '../follower.ts';
import { createLane } from '../lane.ts';
import type { PresenceWatch } from '../presence/presenceWatch.ts';
import type { Session } from '../session/session.ts';
import type { WatchedRecords } from '../view/watchedRecords.ts';
import type { WatchedResources } from '../view/watchedResources.ts';
import { WatchedTasks } from '../view/watchedTasks.ts';
import type { WatchedViewers } from '../view/watchedViewers.ts';
import { createChangeWatch } from './changeWatch.ts';
import { createLogFollower } from './logFollower.ts';
import { createRecordWatch } from './recordWatch.ts';
import { createResourceWatch } from './resourceWatch.ts';
import { createReadRowHolders } from './rowHolders.ts';
import { createTaskWatch } from './taskWatch.ts';
import { createAnswerWatch } from './watchAnswer.ts';
import type { WatchCounts, WatchedKeys, WatchNames } from './watchNames.ts';
import { createWatchSets } from './watchSets.ts';

export interface Watching extends Follower {
  watch(session: Session, names: WatchNames): Promise<View>;
  unwatch(session: Session, names: WatchNames): void;
  forget(session: Session): void;
  /** How much a session would watch if it watched these too. */
  countWith(session: Session, names: WatchNames): WatchCounts;
  /** After the last session has left. Resolves when others can no longer see any of them. */
  close(): Promise<void>;
  /** Sends the session a task that it watches, as soon as it may see it. */
  offerTask(session: Session, task: TaskView): void;
  watchedBy(session: Session): WatchedKeys;
}

export function createWatching(parts: {
  watched: WatchedRecords<Session>;
  watchedResources: WatchedResources<Session>;
  watchedViewers: WatchedViewers<Session>;
  presenceWatch: PresenceWatch;
  registry: InternalRegistry;
  store: TaskStore;
  tasks: Tasks;
  permissions: Permissions;
  versions: Pick<InternalVersions, 'current' | 'newestChanges'>;
  clock: Clock;
}): Watching {
  const { watched, presenceWatch, registry } = parts;
  const watchedTasks = new WatchedTasks<Session>();
  const recordWatch = createRecordWatch(parts);
  const changeWatch = createChangeWatch(parts);
  const resourceWatch = createResourceWatch(parts);
  const taskWatch = createTaskWatch({ ...parts, watchedTasks });
  const follower = createLogFollower({ ...parts, watchedTasks, recordWatch, changeWatch, taskWatch });
  const readRowHolders = createReadRowHolders({ ...parts, leases: watched.leases });
  const answerWatch = createAnswerWatch({ ...parts, changeWatch, watchedTasks, readRowHolders });
  const inLane = createLane();
  const sets = createWatchSets({ ...parts, watchedTasks });

  return {
    async watch(session, names) {
      const added = sets.notWatchedBy(session, names);
      try {
        // Not in the lane, because it calls the application.
        const ancestors = await registry.getAncestors(names.records);
        const position = await inLane(async () => {
          await changeWatch.begin();
          const knownAt = await recordWatch.begin(session, names.records, ancestors);
          watchedTasks.watch(names.tasks, session);
          return knownAt;
        });
        await resourceWatch.begin(session, names.resources);
        await presenceWatch.begin(session, names.presence);
        return await answerWatch(session, names, { position, ancestors });
      } catch (error) {
        sets.unwatch(session, added);
        throw error;
      } finally {
        if (!session.socket.connected) sets.forget(session);
      }
    },

    unwatch: sets.unwatch,
    forget: sets.forget,
    countWith: sets.countWith,
    close: () => presenceWatch.close(),
    offerTask: (session, task) => session.noteTask(watchedTasks.asSeenBy(session, task), true),
    watchedBy: sets.watchedBy,

    apply(entries, progress) {
      resourceWatch.apply(entries);
      return inLane(async () => follower.apply(entries, progress));
    },
    async reload() {
      await inLane(() => follower.reload());
      await resourceWatch.reload();
      await presenceWatch.reload();
    },
  };
}
