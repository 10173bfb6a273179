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
}

export const trayTexts = ({ number }: CommonTexts): TrayTexts => ({
  tasks: () => 'Tasks',
  tasksRunning: (count) => (count === 1 ? '1 task running' : `${number(count)} tasks running`),
  tasksWaiting: (count) => (count === 1 ? '1 task waiting' : `${number(count)} tasks waiting`),
  tasksFinished: (count) => (count === 1 ? '1 task finished' : `${number(count)} tasks finished`),
  showTasks: () => 'Show tasks',
  hideTasks: () => 'Hide tasks',
  dismiss: (label) => `Dismiss ${label}`,
});
