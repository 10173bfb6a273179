import type { RecordKey, TaskView } from '@rowlock/protocol';
import { useCallback, useEffect, useState } from 'react';
import { NOTHING_TO_LOCK, type RecordLock, UNKNOWN_LOCK } from '../../core/recordLock.ts';
import { useClient } from '../../hooks/contexts.ts';
import { useSelection } from '../../hooks/useSelection.ts';
import { type BadgeLock, toBadgeLock } from './badgeLock.ts';
import { getTaskFractions } from './taskFractions.ts';

/**
 * The lock that a badge shows: a given one, or that of a record, live. Renders again if that changes, and not when a task proceeds. The
 * progress goes to the style sheet.
 */
export function useBadgeLock(record: RecordKey | null | undefined, given: RecordLock | undefined): BadgeLock {
  const { records } = useClient();
  const [progress] = useState(() => new ShownTask());
  const subscribe = useCallback(
    (listener: () => void) => {
      if (!record) return () => {};
      const look = () => progress.show(records.getLock(record).task);
      const stop = records.watch([record], () => {
        look();
        listener();
      });
      look();
      return () => {
        stop();
        progress.show(undefined);
      };
    },
    [records, record, progress],
  );
  const watched = useSelection({
    subscribe,
    getSnapshot: () => (record ? records.getLock(record) : NOTHING_TO_LOCK),
    serverSnapshot: record ? UNKNOWN_LOCK : NOTHING_TO_LOCK,
    select: toBadgeLock,
  });
  const givenTask = given?.task;
  const isGiven = given !== undefined;
  useEffect(() => {
    if (isGiven) progress.show(givenTask);
  }, [isGiven, givenTask, progress]);
  useEffect(() => () => progress.show(undefined), [progress]);
  return given ? toBadgeLock(given) : watched;
}

/** The task that a badge shows, one at a time. */
class ShownTask {
  #id: string | undefined;
  #stop = () => {};

  show(task: TaskView | undefined): void {
    if (task && task.id === this.#id) {
      getTaskFractions()?.note(task);
      return;
    }
    this.#stop();
    this.#id = task?.id;
    this.#stop = (task && getTaskFractions()?.show(task)) ?? (() => {});
  }
}
