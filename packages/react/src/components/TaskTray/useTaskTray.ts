import { isFinal, type TaskView } from '@rowlock/protocol';
import { useState } from 'react';
import { useTasks } from '../../hooks/useTasks.ts';

export interface ShownTasks {
  /** Open tasks first. The newest first within each kind */
  tasks: { task: TaskView; isFinished: boolean }[];
  /** Tasks that a worker runs */
  runningCount: number;
  /** Tasks in the queue, and tasks without a worker */
  waitingCount: number;
  isStale: boolean;
  /** Removes a finished task from the tray */
  dismiss: (taskId: string) => void;
}

const NO_IDS: ReadonlySet<string> = new Set();

/** The behaviour of `<TaskTray>`. Tasks that had ended when it was mounted are left out. */
export function useTaskTray(): ShownTasks {
  const { tasks, isStale } = useTasks();
  const [seenOpen, setSeenOpen] = useState(NO_IDS);
  const [dismissed, setDismissed] = useState(NO_IDS);

  const newcomers = tasks.filter((task) => !isFinal(task.state) && !seenOpen.has(task.id));
  if (newcomers.length > 0) setSeenOpen(new Set([...seenOpen, ...newcomers.map((task) => task.id)]));

  const open = tasks.filter((task) => !isFinal(task.state));
  const running = open.filter((task) => task.hasWorker && task.state === 'running');
  const finished = tasks.filter(
    (task) => isFinal(task.state) && seenOpen.has(task.id) && !dismissed.has(task.id),
  );
  return {
    tasks: [
      ...open.map((task) => ({ task, isFinished: false })),
      ...finished.map((task) => ({ task, isFinished: true })),
    ],
    runningCount: running.length,
    waitingCount: open.length - running.length,
    isStale,
    dismiss: (taskId) => setDismissed((before) => new Set([...before, taskId])),
  };
}
