/** The actions of a reconciler and their reasons: for logs, for counting, and for `rowlock.reconcile()`. */
import type { FinalState } from '../../store/taskStore.ts';

export type ReconcilerAction =
  /** a task has ended, and its lease with it */
  | 'settled'
  /** a lease whose holder is gone has ended */
  | 'expired'
  /** a task has a worker again, or has lost its worker */
  | 'worker-back'
  | 'worker-missing'
  /** the task's queue was paused by its own tools, or resumed */
  | 'paused'
  | 'resumed'
  /** a task that is no longer stored was removed from the list of open tasks */
  | 'forgotten';

export interface ReconcilerOutcome {
  subject: 'task' | 'lease';
  id: string;
  action: ReconcilerAction;
  /** `settled`: the state in which the task has ended */
  state?: FinalState;
  reason: string;
}

/** A suspicion that could be neither confirmed nor refuted, and why. */
export interface Unconfirmed {
  subject: 'task' | 'lease';
  id: string;
  reason: string;
}

export interface Reconciliation {
  outcomes: ReconcilerOutcome[];
  /** Empty if everything was settled */
  unconfirmed: Unconfirmed[];
}

export function outcomeInWords({ subject, id, action, state, reason }: ReconcilerOutcome): string {
  const what = state ? `${action} as ${state}` : action;
  return `${subject} ${id}: ${what}, because ${reason}`;
}
