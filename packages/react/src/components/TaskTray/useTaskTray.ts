import { isFinal, type TaskView } from '@rowlock/protocol';
import { useState } from 'react';
import { useTasks } from '../../hooks/useTasks.ts';

export interface TaskTrayState {
  /** Those under way first, newest first */
  tasks: { task: TaskView; isFinished: boolean }[];
  /** Those on which somebody works */
  runningCount: number;
  /** Those that wait in the queue, or whose worker is gone */
  waitingCount: number;
  isStale: boolean;
  /** Takes a finished task out of the tray */
  dismiss: (taskId: string) => void;
}

const NOBODY: ReadonlySet<string> = new Set();

/** The behaviour of `<TaskTray>`: tasks that had ended before it was there are history, and are left out. */
export function useTaskTray(): TaskTrayState {
  const { tasks, isStale } = useTasks();
  const [seenUnderWay, setSeen] = useState(NOBODY);
  const [dismissed, setDismissed] = useState(NOBODY);

  const newcomers = tasks.filter((task) => !isFinal(task.state) && !seenUnderWay.has(task.id));
  if (newcomers.length > 0) setSeen(new Set([...seenUnderWay, ...newcomers.map((task) => task.id)]));

  const open = tasks.filter((task) => !isFinal(task.state));
  const running = open.filter((task) => task.hasWorker && task.state === 'running');
  const finished = tasks.filter(
    (task) => isFinal(task.state) && seenUnderWay.has(task.id) && !dismissed.has(task.id),
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
