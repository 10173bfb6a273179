/** The texts of `<TaskDashboard>` and `<TaskDetails>`. */
import type { CommonTexts } from './commonTexts.ts';

export interface DashboardTexts {
  dashboardTitle(): string;
  searchTasks(): string;
  filterState(): string;
  /** The options of the filter by state */
  filterStateOption(option: 'all' | 'open' | 'completed' | 'failed' | 'cancelled'): string;
  filterName(): string;
  allNames(): string;
  onlyMine(): string;
  clearFilters(): string;
  noTasks(): string;
  noMatch(): string;
  olderTasks(): string;
  tasksStale(): string;
  perMinute(): string;
  /** The chart as one sentence */
  throughputSummary(count: number, minutes: number): string;
  minutesAgo(minutes: number): string;
  oldestWaiting(): string;
  nothingWaits(): string;
  openTask(label: string): string;
  created(): string;
  notBefore(): string;
  started(): string;
  attempts(): string;
  ended(): string;
  stages(): string;
  log(): string;
  noLog(): string;
  children(): string;
  parent(): string;
  retryOf(): string;
  input(): string;
}

const STATES = {
  all: 'All states',
  open: 'Open',
  completed: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
} as const;

export const dashboardTexts = ({ number }: CommonTexts): DashboardTexts => ({
  dashboardTitle: () => 'Tasks',
  searchTasks: () => 'Search tasks',
  filterState: () => 'State',
  filterStateOption: (option) => STATES[option],
  filterName: () => 'Kind of task',
  allNames: () => 'All kinds',
  onlyMine: () => 'Mine',
  clearFilters: () => 'Clear filters',
  noTasks: () => 'There are no tasks yet.',
  noMatch: () => 'No task matches these filters.',
  olderTasks: () => 'Show older tasks',
  tasksStale: () => 'This may be out of date. It is updated as soon as the connection is back.',
  perMinute: () => 'Ended per minute',
  throughputSummary: (count, minutes) =>
    `${number(count)} ${count === 1 ? 'task' : 'tasks'} ended in the last ${number(minutes)} min`,
  minutesAgo: (minutes) => (minutes === 0 ? 'Now' : `${number(minutes)} min ago`),
  oldestWaiting: () => 'Waiting longest',
  nothingWaits: () => 'No task is waiting',
  openTask: (label) => `Open ${label}`,
  created: () => 'Launched',
  notBefore: () => 'Not before',
  started: () => 'Started',
  attempts: () => 'Attempts',
  ended: () => 'Ended',
  stages: () => 'Stages',
  log: () => 'Log',
  noLog: () => 'The task has written nothing.',
  children: () => 'Tasks that it launched',
  parent: () => 'Launched by',
  retryOf: () => 'Retry of',
  input: () => 'Input',
});
