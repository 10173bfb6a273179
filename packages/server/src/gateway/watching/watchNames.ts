/** The things that a session watches, as `watch` and `unwatch` name them. */
import type { ParsedClientMessage, RecordKey } from '@rowlock/protocol';
import type { TaskNames } from '../view/watchedTasks.ts';

export interface WatchNames {
  records: readonly RecordKey[];
  tasks: TaskNames;
  resources: readonly string[];
  /** Records whose viewers it watches */
  presence: readonly RecordKey[];
  since?: number | undefined;
}

/** How much of each kind a session watches. */
export interface WatchCounts {
  records: number;
  /** By their ids */
  tasks: number;
  taskFilters: number;
  presence: number;
}

/** All that a session watches. */
export interface WatchedKeys {
  records: ReadonlySet<RecordKey>;
  /** By their ids */
  tasks: ReadonlySet<string>;
  resources: ReadonlySet<string>;
  /** Records whose viewers it watches */
  presence: ReadonlySet<RecordKey>;
}

/** `all` tasks are those of the filter that every task matches. */
export const namesOf = ({
  tasks,
  ...names
}: ParsedClientMessage<'watch'> | ParsedClientMessage<'unwatch'>): WatchNames => ({
  ...names,
  tasks: tasks === 'all' ? {} : tasks,
});
