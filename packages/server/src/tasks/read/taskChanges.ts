/** Waits for a task to change: by entries of the change log, and by polling in case they are missed. */
import { isFinal, type TaskView } from '@rowlock/protocol';
import type { LogConsumers } from '../../changeLog/consumers.ts';
import type { Clock } from '../../clock.ts';
import type { TaskStore } from '../store/taskStore.ts';

/** For a process that does not follow the log now, or has missed entries during an outage. */
const LOOK_INTERVAL_MS = 500;

export interface TaskChanges {
  /** Waits until the task has ended, at most `waitMs`, and returns its newest known state. */
  untilEnded(task: TaskView, waitMs: number): Promise<TaskView>;
}

export function createTaskChanges({
  store,
  clock,
  log,
}: {
  store: TaskStore;
  clock: Clock;
  log: LogConsumers;
}): TaskChanges {
  const listeners = new Map<string, Set<() => void>>();

  function changed(taskId: string, mostMs: number): Promise<void> {
    return new Promise((resolve) => {
      const all = listeners.get(taskId) ?? new Set();
      listeners.set(taskId, all);
      const settle = () => {
        cancel();
        all.delete(settle);
        if (all.size === 0) listeners.delete(taskId);
        resolve();
      };
      const cancel = clock.after(mostMs, settle);
      all.add(settle);
    });
  }

  log.register({
    name: 'callers that wait for a task',
    phase: 'tasks',
    onEntries(entries) {
      for (const entry of entries) {
        if (entry.kind !== 'task') continue;
        for (const settle of [...(listeners.get(entry.taskId) ?? [])]) settle();
      }
    },
  });

  return {
    async untilEnded(task, waitMs) {
      const deadlineMs = clock.nowMs() + waitMs;
      let newest = task;
      while (!isFinal(newest.state)) {
        const leftMs = deadlineMs - clock.nowMs();
        if (leftMs <= 0) break;
        await changed(task.id, Math.min(leftMs, LOOK_INTERVAL_MS));
        newest = (await store.get(task.id)) ?? newest;
      }
      return newest;
    },
  };
}
