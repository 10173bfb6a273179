import type { TaskView } from '@rowlock/protocol';
import type { CSSProperties } from 'react';
import { useMessages } from '../../hooks/contexts.ts';
import { useTask } from '../../hooks/useTask.ts';
import { classNames } from '../classNames.ts';
import { Icon, type IconName } from '../Icon.tsx';
import type { TaskLook } from '../taskFacts.ts';
import { useTaskProgress } from './useTaskProgress.ts';

export type TaskProgressProps = {
  /** Offers a Cancel button while the task can be cancelled */
  onCancel?: (taskId: string) => void;
  /** Leaves the label out, for a place that already shows it. The label still names the bar for screen readers */
  hideLabel?: boolean;
  /** Shows who launched the task */
  showActor?: boolean;
  /** Tells screen readers the start, each quarter and the end. Default true; pass false if another part of the page does */
  announce?: boolean;
  className?: string;
} & (
  | { taskId: string; task?: undefined; isStale?: undefined; isMissing?: undefined }
  /** Shows a task that is known already, and watches nothing */
  | { taskId?: undefined; task: TaskView; isStale?: boolean; isMissing?: boolean }
);

const ICONS: Partial<Record<TaskLook, IconName>> = {
  waiting: 'clock',
  queued: 'clock',
  paused: 'clock',
  'no-worker': 'warning',
  completed: 'tick',
  failed: 'cross',
  cancelled: 'stop',
  missing: 'question',
};

/** How far a task has come, in words and as a bar. */
export function TaskProgress({ taskId, task, isStale, isMissing, className, ...rest }: TaskProgressProps) {
  const watched = useTask(taskId);
  const shown = task ?? watched.task;
  const look = {
    isStale: task ? (isStale ?? false) : watched.isStale,
    isMissing: task ? (isMissing ?? false) : watched.isMissing,
  };
  if (!shown) return <TaskPlaceholder isMissing={look.isMissing} className={className} />;
  return <KnownTask key={shown.id} task={shown} {...look} className={className} {...rest} />;
}

interface KnownTaskProps {
  task: TaskView;
  isStale: boolean;
  isMissing: boolean;
  onCancel?: (taskId: string) => void;
  hideLabel?: boolean;
  showActor?: boolean;
  announce?: boolean;
  className: string | undefined;
}

function KnownTask(props: KnownTaskProps) {
  const { task, isStale, isMissing, onCancel, hideLabel, showActor, announce = true, className } = props;
  const messages = useMessages();
  const shown = useTaskProgress(task, isMissing);
  const icon = ICONS[shown.look];
  return (
    <div
      className={classNames('rowlock-progress', className)}
      data-state={shown.look}
      data-stale={isStale || undefined}
      data-indeterminate={shown.isIndeterminate || undefined}
    >
      {!hideLabel && (
        <div className="rowlock-progress-head">
          <span className="rowlock-progress-label" title={task.label}>
            {task.label}
          </span>
          {shown.percent !== undefined && <span className="rowlock-progress-percent">{shown.percent}</span>}
        </div>
      )}
      <div
        className="rowlock-progress-track"
        role="progressbar"
        aria-label={task.label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={shown.isIndeterminate ? undefined : Math.floor(shown.fraction * 100)}
        aria-valuetext={shown.valueText}
      >
        <div
          className="rowlock-progress-bar"
          style={{ '--rowlock-fraction': shown.fraction } as CSSProperties}
        />
      </div>
      <div className="rowlock-progress-foot">
        <span className="rowlock-progress-state">
          {icon && <Icon name={icon} />}
          {hideLabel && shown.percent !== undefined && (
            <span className="rowlock-progress-percent">{shown.percent}</span>
          )}
          <span className="rowlock-progress-words">
            {showActor && `${task.actor.name} · `}
            {shown.detailText}
          </span>
        </span>
        {shown.timeLeft !== undefined && !isStale && (
          <span className="rowlock-progress-left">{shown.timeLeft}</span>
        )}
        {onCancel && shown.canCancel && (
          <button
            type="button"
            className="rowlock-button"
            data-variant="quiet"
            aria-label={messages.cancelTaskOf(task.label)}
            disabled={task.cancelRequested || isStale}
            onClick={() => onCancel(task.id)}
          >
            {messages.cancelTask()}
          </button>
        )}
      </div>
      {announce && (
        <span className="rowlock-visually-hidden" role="status">
          {shown.announcement}
        </span>
      )}
    </div>
  );
}

/** Keeps the place of a task that is not known yet. */
function TaskPlaceholder({ isMissing, className }: { isMissing: boolean; className: string | undefined }) {
  const messages = useMessages();
  return (
    <div
      className={classNames('rowlock-progress', className)}
      data-state={isMissing ? 'missing' : 'loading'}
      aria-busy={!isMissing}
    >
      <div className="rowlock-progress-head">
        <span className="rowlock-skeleton" />
      </div>
      <div className="rowlock-progress-track" />
      <div className="rowlock-progress-foot">
        {isMissing ? (
          <span className="rowlock-progress-state">
            <Icon name="question" />
            <span className="rowlock-progress-words">{messages.stateMissing()}</span>
          </span>
        ) : (
          <span className="rowlock-skeleton" />
        )}
      </div>
    </div>
  );
}
