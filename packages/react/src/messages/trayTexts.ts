/** The texts of `<TaskTray>`. */
import type { CommonTexts } from './commonTexts.ts';

export interface TrayTexts {
  tasks(): string;
  tasksRunning(count: number): string;
  tasksWaiting(count: number): string;
  tasksFinished(count: number): string;
  showTasks(): string;
  hideTasks(): string;
  dismiss(label: string): string;
  /** The button that removes all finished tasks */
  clearFinished(): string;
  /** The line for the open tasks of others */
  tasksOfOthers(count: number): string;
  moreFinished(count: number): string;
  /** A cancel that can be undone is not sent yet */
  cancelPending(): string;
  undoCancel(): string;
  undoCancelOf(label: string): string;
}

export const trayTexts = ({ number }: CommonTexts): TrayTexts => ({
  tasks: () => 'Tasks',
  tasksRunning: (count) => (count === 1 ? '1 task running' : `${number(count)} tasks running`),
  tasksWaiting: (count) => (count === 1 ? '1 task waiting' : `${number(count)} tasks waiting`),
  tasksFinished: (count) => (count === 1 ? '1 task finished' : `${number(count)} tasks finished`),
  showTasks: () => 'Show tasks',
  hideTasks: () => 'Hide tasks',
  dismiss: (label) => `Dismiss ${label}`,
  clearFinished: () => 'Clear finished',
  tasksOfOthers: (count) => (count === 1 ? '1 task of somebody else' : `${number(count)} tasks of others`),
  moreFinished: (count) => `${number(count)} more finished`,
  cancelPending: () => 'Is cancelled in 5 s. It runs until then.',
  undoCancel: () => 'Undo',
  undoCancelOf: (label) => `Undo the cancel of ${label}`,
});
