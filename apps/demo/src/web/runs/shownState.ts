import { isFinal, type TaskView } from '@rowlock/protocol';
import type { RunState } from '../../gazetteer/runView.ts';

/** What is shown of a run: the table's state, or what the live channel knows beside it. */
export type ShownState = RunState | 'paused' | 'no-worker' | 'cancelling';

/** The table knows in which state a task is; whether anybody works on it, or has asked it to stop, the live channel tells. */
export function shownState(state: RunState, task: TaskView | undefined): ShownState {
  if (!task || isFinal(task.state) || !isOpen(state)) return state;
  if (task.cancelRequested) return 'cancelling';
  if (task.isPaused) return 'paused';
  return task.hasWorker ? state : 'no-worker';
}

const isOpen = (state: RunState): boolean => state !== 'unknown' && !isFinal(state);
