import type { TaskView } from '@rowlock/protocol';
import { type ComponentPropsWithoutRef, type CSSProperties, forwardRef } from 'react';
import { useAnnouncement } from '../../announcer/useAnnounce.ts';
import { useTexts } from '../../hooks/contexts.ts';
import { useActorId } from '../../hooks/useActorId.ts';
import { useTask } from '../../hooks/useTask.ts';
import { taskTexts } from '../../messages/taskTexts.ts';
import { trayTexts } from '../../messages/trayTexts.ts';
import { type ClassName, joinClassName } from '../className.ts';
import { flag } from '../flag.ts';
import { Icon } from '../Icon.tsx';
import type { TaskLook } from '../taskFacts.ts';
import { TASK_ICONS } from '../taskIcons.ts';
import { taskProgressAttributes as attributes } from './dataAttributes.ts';
import { type ShownProgress, useTaskProgress } from './useTaskProgress.ts';

export interface TaskProgressState {
  /** `loading`: before the first answer of the server */
  state: TaskLook | 'loading';
  isStale: boolean;
  isIndeterminate: boolean;
}

interface SharedProps extends Omit<ComponentPropsWithoutRef<'div'>, 'className' | 'children' | 'onCancel'> {
  /** Shows a Cancel button while the task can be cancelled */
  onCancel?: (taskId: string) => void;
  /** The cancel can still be undone: the button undoes it, and the words say that the task continues until then */
  onUndoCancel?: ((taskId: string) => void) | undefined;
  /** Leaves the label out, for a place that already shows it. The label still names the bar for screen readers */
  hideLabel?: boolean;
  /** Shows who launched the task */
  showActor?: boolean;
  /** Reads the start, each quarter and the end aloud. Default: of the user's own tasks */
  announce?: boolean;
  className?: ClassName<TaskProgressState>;
}

export type TaskProgressProps = SharedProps &
  (
    | { taskId: string; task?: undefined; isStale?: undefined; isMissing?: undefined }
    /** Shows a task that the application has already, and watches nothing */
    | { taskId?: undefined; task: TaskView; isStale?: boolean; isMissing?: boolean }
  );

/** How far a task has come, in words and as a bar. */
export const TaskProgress = forwardRef<HTMLDivElement, TaskProgressProps>(function TaskProgress(
  { taskId, task, isStale = false, isMissing = false, ...rest },
  ref,
) {
  const watched = useTask(taskId);
  const shown = task ? { task, isStale, isMissing } : watched;
  return shown.task ? (
    <KnownTask
      {...rest}
      key={shown.task.id}
      rootRef={ref}
      task={shown.task}
      isStale={shown.isStale}
      isMissing={shown.isMissing}
    />
  ) : (
    <TaskPlaceholder {...rest} rootRef={ref} isStale={shown.isStale} isMissing={shown.isMissing} />
  );
});

interface RootProps extends SharedProps {
  rootRef: React.ForwardedRef<HTMLDivElement>;
  isStale: boolean;
  isMissing: boolean;
}

function KnownTask(props: RootProps & { task: TaskView }) {
  const { rootRef, task, isStale, isMissing, onCancel, onUndoCancel, ...shared } = props;
  const { hideLabel, showActor, announce, className, ...rest } = shared;
  const shown = useTaskProgress(task, isMissing);
  const isOwn = task.actor.id === useActorId();
  useAnnouncement((announce ?? isOwn) ? shown.announcement : '', { key: task.id, isFirstSaid: true });
  const { look, isIndeterminate } = shown;
  return (
    <div
      {...rest}
      ref={rootRef}
      className={joinClassName('rowlock-progress', className, { state: look, isStale, isIndeterminate })}
      {...{
        [attributes.state]: look,
        [attributes.stale]: flag(isStale),
        [attributes.indeterminate]: flag(isIndeterminate),
      }}
    >
      {!hideLabel && (
        <div className="rowlock-progress-head">
          <span className="rowlock-progress-label" title={task.label}>
            {task.label}
          </span>
          {shown.percent !== undefined && <span className="rowlock-progress-percent">{shown.percent}</span>}
        </div>
      )}
      <Bar label={task.label} shown={shown} />
      <Foot {...{ task, shown, isStale, onCancel, onUndoCancel, hideLabel, showActor }} />
    </div>
  );
}

function Bar({ label, shown }: { label: string; shown: ShownProgress }) {
  return (
    <div
      className="rowlock-progress-track"
      role="progressbar"
      aria-label={label}
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
  );
}

interface FootProps {
  task: TaskView;
  shown: ShownProgress;
  isStale: boolean;
  onCancel: ((taskId: string) => void) | undefined;
  onUndoCancel: ((taskId: string) => void) | undefined;
  hideLabel: boolean | undefined;
  showActor: boolean | undefined;
}

function Foot({ task, shown, isStale, onCancel, onUndoCancel, hideLabel, showActor }: FootProps) {
  const messages = useTexts(taskTexts);
  const undo = useTexts(trayTexts);
  const isUndoable = onUndoCancel !== undefined;
  const icon = TASK_ICONS[shown.look];
  return (
    <div className="rowlock-progress-foot">
      <span className="rowlock-progress-state">
        {icon && <Icon name={icon} />}
        {hideLabel && shown.percent !== undefined && (
          <span className="rowlock-progress-percent">{shown.percent}</span>
        )}
        <span className="rowlock-progress-words">
          {showActor && `${task.actor.name} · `}
          {isUndoable ? undo.cancelPending() : shown.detailText}
        </span>
      </span>
      {shown.timeLeft !== undefined && !isStale && !isUndoable && (
        <span className="rowlock-progress-left">{shown.timeLeft}</span>
      )}
      {onCancel && shown.canCancel && (
        <button
          type="button"
          className="rowlock-button"
          data-variant="quiet"
          aria-label={isUndoable ? undo.undoCancelOf(task.label) : messages.cancelTaskOf(task.label)}
          disabled={task.cancelRequested || isStale}
          onClick={() => (onUndoCancel ?? onCancel)(task.id)}
        >
          {isUndoable ? undo.undoCancel() : messages.cancelTask()}
        </button>
      )}
    </div>
  );
}

/** Keeps the place of a task before the server's first answer, and shows if there is no such task. */
function TaskPlaceholder(props: RootProps) {
  const {
    rootRef,
    isStale,
    isMissing,
    onCancel: _,
    onUndoCancel: __,
    hideLabel,
    showActor,
    announce,
    className,
    ...rest
  } = props;
  const messages = useTexts(taskTexts);
  const state = isMissing ? 'missing' : 'loading';
  return (
    <div
      {...rest}
      ref={rootRef}
      className={joinClassName('rowlock-progress', className, { state, isStale, isIndeterminate: false })}
      {...{ [attributes.state]: state }}
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
