/** What a reconciler has done, and why: for logs, for counting, and for whoever has asked by hand. */
import type { FinalState } from '../../store/taskStore.ts';

export type ReconcilerAction =
  /** a task has come to its end, and its lease with it */
  | 'settled'
  /** a lease has ended whose holder is gone */
  | 'expired'
  /** somebody works on a task again, or nobody does */
  | 'worker-back'
  | 'worker-missing'
  /** the task's queue was paused by its own tools, or resumed */
  | 'paused'
  | 'resumed'
  /** a task that is not written down any more was taken off the list of open ones */
  | 'forgotten';

export interface ReconcilerOutcome {
  subject: 'task' | 'lease';
  id: string;
  action: ReconcilerAction;
  /** `settled`: the state in which the task has ended */
  state?: FinalState;
  reason: string;
}

/** What could be neither done nor refuted, and what stood in its way. */
export interface Unconfirmed {
  subject: 'task' | 'lease';
  id: string;
  reason: string;
}

export interface Reconciliation {
  outcomes: ReconcilerOutcome[];
  /** Empty where all was done that was to be done */
  unconfirmed: Unconfirmed[];
}

export function outcomeInWords({ subject, id, action, state, reason }: ReconcilerOutcome): string {
  const what = state ? `${action} as ${state}` : action;
  return `${subject} ${id}: ${what}, because ${reason}`;
}
