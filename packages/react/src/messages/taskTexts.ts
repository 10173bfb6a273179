/** The texts of a task and its progress, for `<TaskProgress>` and every component that shows tasks. */
import type { TaskView } from '@rowlock/protocol';
import type { CommonTexts } from './commonTexts.ts';

export interface TaskTexts {
  stateWaiting(position?: number): string;
  stateQueued(): string;
  stateRunning(): string;
  stateRetrying(attempt: number): string;
  stateStopping(): string;
  /** An administrator has paused the queue */
  statePaused(): string;
  /** `isStopping`: somebody has cancelled it */
  stateNoWorker(isStopping: boolean): string;
  /** Shown before the progress of a second and later attempt */
  attempt(attempt: number): string;
  stateCompleted(task: TaskView): string;
  stateFailed(task: TaskView): string;
  stateCancelled(task: TaskView): string;
  stateMissing(): string;
  doneOf(done: number, total: number | null): string;
  startedBy(task: TaskView): string;
  announceProgress(label: string, fraction: number): string;
  announceState(label: string, state: string): string;
  cancelTask(): string;
  cancelTaskOf(label: string): string;
}

export const taskTexts = ({ number, percent, rows }: CommonTexts): TaskTexts => ({
  stateWaiting: (position) =>
    position ? `Waiting for its rows, at position ${number(position)}` : 'Waiting for its rows',
  stateQueued: () => 'Waiting to start',
  stateRunning: () => 'Running',
  stateRetrying: (attempt) => `Trying again after attempt ${number(attempt)}`,
  stateStopping: () => 'Stopping…',
  statePaused: () => 'Paused: no task starts until the queue is resumed',
  stateNoWorker: (isStopping) =>
    isStopping
      ? 'Stopping… No worker is running it, so it ends by itself within seconds.'
      : 'No worker is running it. Its rows stay locked until a worker starts.',
  attempt: (attempt) => `Attempt ${number(attempt)}`,
  stateCompleted: (task) => (task.recordCount > 0 ? `Done · ${rows(task.recordCount)}` : 'Done'),
  stateFailed: (task) => (task.error ? `Failed: ${task.error}` : 'Failed'),
  stateCancelled: () => 'Cancelled',
  stateMissing: () => 'The server no longer knows this task, so nobody knows how it ended.',
  doneOf: (done, total) => (total === null ? number(done) : `${number(done)} of ${number(total)}`),
  startedBy: (task) => `Started by ${task.actor.name}`,
  announceProgress: (label, fraction) => `${label}: ${percent(fraction)} done.`,
  announceState: (label, state) => `${label}: ${state}`,
  cancelTask: () => 'Cancel',
  cancelTaskOf: (label) => `Cancel ${label}`,
});
