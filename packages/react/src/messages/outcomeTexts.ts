/** How a task has ended, and its failed rows: for `<TaskTray>` and `<TaskDetails>`. */
import type { CommonTexts } from './commonTexts.ts';

/** The numbers of an ended task */
export interface OutcomeFacts {
  kind: 'completed' | 'failed' | 'cancelled';
  /** Rows that the task has finished. Undefined if its progress does not count rows */
  doneCount?: number;
  totalCount: number;
  failedCount: number;
}

export interface OutcomeTexts {
  /** "5 rows changed", "Cancelled after 1,600 of 8,836 rows; those stay changed". `readsOnly`: the task changes nothing */
  outcome(facts: OutcomeFacts, readsOnly: boolean): string;
  /** `names`: the first of them */
  outcomeLeftOut(count: number, names: readonly string[]): string;
  doWhenFree(): string;
  errorDetails(): string;
  failedRows(count: number): string;
  moreFailedRows(): string;
  retryFailed(): string;
  retryFailedOf(label: string): string;
  retryTask(): string;
  retryTaskOf(label: string): string;
  retrying(): string;
  loadingFailedRows(): string;
}

export const outcomeTexts = ({ number, rows }: CommonTexts): OutcomeTexts => ({
  outcome({ kind, doneCount, totalCount, failedCount }, readsOnly) {
    if (kind === 'completed') {
      if (totalCount === 0 || doneCount === undefined) return 'Done';
      const done = `${rows(doneCount)} ${readsOnly ? 'read' : 'changed'}`;
      return failedCount > 0 ? `${done} · ${number(failedCount)} failed` : done;
    }
    const verb = kind === 'cancelled' ? 'Cancelled' : 'Failed';
    if (doneCount === undefined) return readsOnly ? verb : `${verb}. Rows that it had changed stay changed`;
    if (doneCount === 0) return readsOnly ? verb : `${verb} before it changed a row`;
    const after = `${verb} after ${number(doneCount)} of ${rows(totalCount)}`;
    return readsOnly ? after : `${after}; those stay changed`;
  },
  outcomeLeftOut(count, names) {
    if (names.length === 0) return `${number(count)} left out`;
    const more = count - names.length;
    return `${number(count)} left out: ${names.join(', ')}${more > 0 ? ` and ${number(more)} more` : ''}`;
  },
  doWhenFree: () => 'Do it when free',
  errorDetails: () => 'Details',
  failedRows: (count) => (count === 1 ? '1 row failed' : `${number(count)} rows failed`),
  moreFailedRows: () => 'Show more',
  retryFailed: () => 'Retry failed',
  retryFailedOf: (label) => `Retry failed rows of ${label}`,
  retryTask: () => 'Retry',
  retryTaskOf: (label) => `Retry ${label}`,
  retrying: () => 'Retrying…',
  loadingFailedRows: () => 'Loading the failed rows…',
});
