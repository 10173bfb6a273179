import { taskFilterKey } from '@rowlock/protocol';
import { useEffect } from 'react';
import { onTaskEnd, type TaskEndFilter } from '../core/taskEnds.ts';
import type { RegisteredTaskView } from './register.ts';
import { useLatest } from './useLatest.ts';
import { useTaskSource } from './useTaskSource.ts';

export interface TaskEndOptions {
  /** Which tasks. Compared by its content. Default: all that the user may see */
  filter?: TaskEndFilter;
}

/**
 * Calls `callback` once for each task that ends while the component is mounted, in its latest version. A task that ended while the
 * connection was lost is reported when it is back. Tasks that ended before are not reported.
 *
 *     useTaskEnd((task) => toast(`${task.label}: ${task.state}`), { filter: { actorId: me.id } });
 */
export function useTaskEnd(
  callback: (task: RegisteredTaskView) => void,
  { filter = {} }: TaskEndOptions = {},
): void {
  const source = useTaskSource();
  const latest = useLatest(callback);
  const key = taskFilterKey(filter);
  useEffect(
    () =>
      onTaskEnd(source, JSON.parse(key) as TaskEndFilter, (task) =>
        latest.current(task as RegisteredTaskView),
      ),
    [source, key, latest],
  );
}
