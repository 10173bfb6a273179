import { useEffect, useState } from 'react';
import { systemClock } from '../core/clock.ts';
import type { RowlockClientError } from '../core/rowlockClientError.ts';
import type { TaskLogLine } from '../core/taskSource.ts';
import { useTaskSource } from './useTaskSource.ts';

interface TaskLogState {
  /** The newest 200 lines, oldest first. Undefined before the first answer */
  lines?: readonly TaskLogLine[];
  error?: RowlockClientError;
}

const AGAIN_MS = 3_000;

/** The lines that a task has written to its log, read again every 3 s while it is open. */
export function useTaskLog(taskId: string, isOpen: boolean): TaskLogState {
  const source = useTaskSource();
  const [state, setState] = useState<TaskLogState & { id: string }>({ id: taskId });
  useEffect(() => {
    let cancelTimer = () => {};
    let isOver = false;
    const read = async () => {
      const outcome = await source.log(taskId);
      if (isOver) return;
      setState((before) =>
        outcome.ok
          ? { id: taskId, lines: outcome.lines }
          : { ...(before.id === taskId ? before : {}), id: taskId, error: outcome.error },
      );
      if (isOpen) cancelTimer = systemClock.after(AGAIN_MS, () => void read());
    };
    void read();
    return () => {
      isOver = true;
      cancelTimer();
    };
  }, [source, taskId, isOpen]);
  return state.id === taskId ? state : {};
}
