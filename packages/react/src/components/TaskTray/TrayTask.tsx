import { idOf, type RecordKey, type TaskView } from '@rowlock/protocol';
import type { ReactNode } from 'react';
import { useTexts } from '../../hooks/contexts.ts';
import { useSteadyTask } from '../../hooks/useSteadyTask.ts';
import { useTaskSource } from '../../hooks/useTaskSource.ts';
import { useUndoableCancel } from '../../hooks/useUndoableCancel.ts';
import { outcomeTexts } from '../../messages/outcomeTexts.ts';
import { trayTexts } from '../../messages/trayTexts.ts';
import { FailedRows, RetryButton } from '../FailedRows/FailedRows.tsx';
import { TaskError } from '../FailedRows/TaskError.tsx';
import { Icon } from '../Icon.tsx';
import { TaskProgress } from '../TaskProgress/TaskProgress.tsx';
import { getOutcome, OUTCOME_ICONS, type TaskOutcome } from '../taskOutcome.ts';
import type { SeenTask } from './trayMemory.ts';

/** The parts of a tray that depend on the application. */
export interface TrayTaskOptions {
  /** Whether a task gets a Cancel button. Default: the user's own tasks do */
  canCancel?: ((task: TaskView) => boolean) | undefined;
  /** The name of a row. Default: its id */
  recordLabel?: ((record: RecordKey) => string) | undefined;
  /** The task changes no row, as an export. Default: every task does */
  readsOnly?: ((task: TaskView) => boolean) | undefined;
  /** The result of a completed task: the link to an exported file */
  renderResult?: ((task: TaskView) => ReactNode) | undefined;
  /** An error for people, if you know it better than the task. The task's own words then stand under *Details* */
  explainError?: ((error: string, record?: RecordKey) => string | undefined) | undefined;
  /** Shows *Do it when free* beside rows that were left out. Launch a task for them, with `onConflict: 'wait'` */
  onDoWhenFree?: ((task: TaskView, leftOut: readonly RecordKey[]) => void) | undefined;
}

interface TrayTaskProps extends TrayTaskOptions {
  id: string;
  isOwn: boolean;
  seen?: SeenTask | undefined;
  onDismiss: (taskId: string) => void;
}

/** One task of the tray: its progress while it is open, then its outcome. */
export function TrayTask({ id, isOwn, seen, onDismiss, ...options }: TrayTaskProps) {
  const { task, isStale, isMissing } = useSteadyTask(id);
  const source = useTaskSource();
  const { isPending, cancel, undo } = useUndoableCancel();
  const outcome = task && getOutcome(task);
  if (task && outcome)
    return <Outcome {...{ task, outcome, seen, ...options }} onDismiss={isOwn ? onDismiss : undefined} />;
  if (!task || isMissing) {
    return (
      <div className="rowlock-tray-task">
        <TaskProgress taskId={id} />
        {isMissing && isOwn && <DismissButton label={task?.label ?? id} onDismiss={() => onDismiss(id)} />}
      </div>
    );
  }
  const canCancel = options.canCancel?.(task) ?? isOwn;
  return (
    <TaskProgress
      task={task}
      isStale={isStale}
      showActor={!isOwn}
      {...(canCancel && { onCancel: () => cancel(() => void source.cancel(id)) })}
      {...(isPending && { onUndoCancel: undo })}
    />
  );
}

interface OutcomeProps extends TrayTaskOptions {
  task: TaskView;
  outcome: TaskOutcome;
  seen: SeenTask | undefined;
  onDismiss: ((taskId: string) => void) | undefined;
}

function Outcome({ task, outcome, seen, onDismiss, ...options }: OutcomeProps) {
  const messages = useTexts(outcomeTexts);
  const { recordLabel = idOf, readsOnly, renderResult, explainError, onDoWhenFree } = options;
  const leftOut = seen?.leftOut ?? [];
  const result = outcome.kind === 'completed' ? renderResult?.(task) : undefined;
  const canDoLeftOut = onDoWhenFree !== undefined && leftOut.length > 0;
  return (
    <div className="rowlock-tray-task rowlock-outcome" data-kind={outcome.kind}>
      <span className="rowlock-outcome-shape">
        <Icon name={OUTCOME_ICONS[outcome.kind]} />
      </span>
      <div className="rowlock-outcome-body">
        <p className="rowlock-outcome-label" title={task.label}>
          {task.label}
        </p>
        <p className="rowlock-outcome-words">
          {messages.outcome(outcome, readsOnly?.(task) ?? false)}
          {seen && seen.leftOutCount > 0 && (
            <>
              {' · '}
              {messages.outcomeLeftOut(
                seen.leftOutCount,
                leftOut.slice(0, 3).map((key) => recordLabel(key)),
              )}
            </>
          )}
        </p>
        {task.error !== undefined && <TaskError error={task.error} explained={explainError?.(task.error)} />}
        {outcome.failedCount > 0 && (
          <details className="rowlock-outcome-details">
            <summary>{messages.failedRows(outcome.failedCount)}</summary>
            <FailedRows task={task} {...{ recordLabel, explainError }} />
          </details>
        )}
        <div className="rowlock-outcome-actions">
          {result}
          {canDoLeftOut && (
            <button
              type="button"
              className="rowlock-button"
              data-variant="quiet"
              onClick={() => onDoWhenFree(task, leftOut)}
            >
              {messages.doWhenFree()}
            </button>
          )}
          {outcome.failedCount > 0 && <RetryButton task={task} onlyFailed />}
          {outcome.failedCount === 0 && outcome.kind === 'failed' && <RetryButton task={task} />}
        </div>
      </div>
      {onDismiss && <DismissButton label={task.label} onDismiss={() => onDismiss(task.id)} />}
    </div>
  );
}

function DismissButton({ label, onDismiss }: { label: string; onDismiss: () => void }) {
  const messages = useTexts(trayTexts);
  return (
    <button
      type="button"
      className="rowlock-button rowlock-tray-dismiss"
      data-variant="quiet"
      aria-label={messages.dismiss(label)}
      onClick={onDismiss}
    >
      <Icon name="cross" />
    </button>
  );
}
