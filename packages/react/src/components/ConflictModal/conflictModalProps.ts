/** The props of `<ConflictModal>`, and of its parts. */
import type { RecordKey, TaskView } from '@rowlock/protocol';
import type { ComponentPropsWithoutRef, ReactNode } from 'react';
import type { ClassName } from '../className.ts';
import type { ConflictLock, Refusal } from './refusal.ts';
import type { ReleaseAsk } from './useReleaseAsk.ts';

export interface ConflictModalState {
  isFree: boolean;
  isStale: boolean;
}

type DialogProps = Omit<
  ComponentPropsWithoutRef<'dialog'>,
  'className' | 'children' | 'open' | 'onClose' | 'onCancel'
>;

/** The choices of the dialog, and its names of rows. */
export interface ConflictChoices {
  /** The number of rows that the refused request was about. Default with `lock`: its rows */
  total?: number;
  /** The name of a row, for people. Default: its id */
  recordLabel?: (record: RecordKey) => string;
  /** Offers to continue with the rows that nobody blocks */
  onContinueWithFree?: () => void;
  /**
   * Offers to try again when the rows are free, while the dialog is open. Called once, when nothing blocks them. Default with `lock`: offers
   * the fair wait list of the server, which also continues when the dialog is closed
   */
  onRetryWhenFree?: () => void;
  /** Offers to take over from the holders, with a reason. Set it if the server's `authorize` permits it. Default false */
  canTakeOver?: boolean;
  /** Whether the dialog offers to cancel this task. Default: the user's own tasks */
  canCancelTask?: (task: TaskView) => boolean;
  /** Offers to ask the holders to release their rows. Default true */
  canAsk?: boolean;
  /** Shown below the holders. Default: when the rows will be free, if that is known. `null` leaves it out */
  forecast?: ReactNode;
  /** Shown beside the buttons, for choices of the application */
  actions?: ReactNode;
}

export interface ConflictModalProps extends DialogProps, ConflictChoices {
  /** The lock of `useTaskLock` that it explains */
  lock?: ConflictLock;
  /** A request that was refused: the body of a guarded route's `409` or `503`, or the `error` of a verb */
  error?: Refusal | undefined;
  /**
   * Default: it opens by itself when the rows of `lock` cannot be acquired, once for each attempt, and as long as there is
   * an `error`. It closes when the rows are held. Pass `true` to show it on demand, and then `undefined` again
   */
  open?: boolean | undefined;
  /** The user closes it. With `error` or `open`: remove it now */
  onClose?: () => void;
  className?: ClassName<ConflictModalState>;
}

export interface AskingConflictModalProps extends ConflictModalProps {
  /** The question to a holder, which lives longer than the open dialog */
  ask: ReleaseAsk;
  /** Opens with the form that asks the first holder */
  startsWithAsk?: boolean;
}
