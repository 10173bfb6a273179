import { isFinal, type TaskView } from '@rowlock/protocol';
import type { RunState } from '../../gazetteer/runView.ts';

/** The shown state of a run: the table's state, or more from the live channel. */
export type ShownState = RunState | 'paused' | 'no-worker' | 'cancelling';

/** The table knows the state of a task. The live channel knows whether a worker runs it, and whether it was cancelled. */
export function shownState(state: RunState, task: TaskView | undefined): ShownState {
  if (!task || isFinal(task.state) || !isOpen(state)) return state;
  if (task.cancelRequested) return 'cancelling';
  if (task.isPaused) return 'paused';
  return task.hasWorker ? state : 'no-worker';
}

const isOpen = (state: RunState): boolean => state !== 'unknown' && !isFinal(state);
