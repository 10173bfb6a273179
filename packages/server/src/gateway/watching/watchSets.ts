/** Everything that sessions watch, by kind: counting and removing do not depend on the kind. */

import type { PresenceWatch } from '../presence/presenceWatch.ts';
import type { Session } from '../session/session.ts';
import type { WatchedRecords } from '../view/watchedRecords.ts';
import type { WatchedResources } from '../view/watchedResources.ts';
import { isFilter, type WatchedTasks } from '../view/watchedTasks.ts';
import type { WatchedViewers } from '../view/watchedViewers.ts';
import type { WatchCounts, WatchedKeys, WatchNames } from './watchNames.ts';

export interface WatchSets {
  /** The part of the names that the session does not watch yet. */
  notWatchedBy(session: Session, names: WatchNames): WatchNames;
  /** How much the session would watch if it watched these too. */
  countWith(session: Session, names: WatchNames): WatchCounts;
  /** The tasks are those that it watches by their ids */
  watchedBy(session: Session): WatchedKeys;
  unwatch(session: Session, names: WatchNames): void;
  /** The session has left. */
  forget(session: Session): void;
}

export function createWatchSets({
  watched,
  watchedTasks,
  watchedResources,
  watchedViewers,
  presenceWatch,
}: {
  watched: WatchedRecords<Session>;
  watchedTasks: WatchedTasks<Session>;
  watchedResources: WatchedResources<Session>;
  watchedViewers: WatchedViewers<Session>;
  presenceWatch: Pick<PresenceWatch, 'end'>;
}): WatchSets {
  const notWatchedBy: WatchSets['notWatchedBy'] = (session, { records, tasks, resources, presence }) => ({
    records: watched.notWatchedBy(session, distinct(records)),
    tasks: watchedTasks.notWatchedBy(session, isFilter(tasks) ? tasks : distinct(tasks)),
    resources: watchedResources.notWatchedBy(session, resources),
    presence: watchedViewers.notWatchedBy(session, distinct(presence)),
  });

  return {
    notWatchedBy,

    watchedBy: (session) => ({
      records: watched.watchedBy(session),
      tasks: watchedTasks.watchedBy(session),
      resources: watchedResources.watchedBy(session),
      presence: watchedViewers.watchedBy(session),
    }),

    countWith(session, names) {
      const { records, tasks, presence } = notWatchedBy(session, names);
      return {
        records: watched.watchedBy(session).size + records.length,
        tasks: watchedTasks.watchedBy(session).size + (isFilter(tasks) ? 0 : tasks.length),
        presence: watchedViewers.watchedBy(session).size + presence.length,
        taskFilters: watchedTasks.countFilters(session) + (isFilter(tasks) ? 1 : 0),
      };
    },

    unwatch(session, { records, tasks, resources, presence }) {
      watched.unwatch(records, session);
      session.dropRecords(records);
      watchedTasks.unwatch(tasks, session);
      watchedResources.unwatch(resources, session);
      session.dropResources(resources);
      presenceWatch.end(session, presence);
      session.dropViewers(presence);
    },

    forget(session) {
      watched.forget(session);
      watchedTasks.forget(session);
      watchedResources.forget(session);
      presenceWatch.end(session, [...watchedViewers.watchedBy(session)]);
    },
  };
}

const distinct = <T>(all: readonly T[]): T[] => [...new Set(all)];
