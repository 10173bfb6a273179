import type { RecordKey, TaskView } from '@rowlock/protocol';
import { type ComponentPropsWithoutRef, forwardRef, type ReactNode, useId } from 'react';
import type { TaskSource } from '../../core/taskSource.ts';
import { useTexts } from '../../hooks/contexts.ts';
import { useActorId } from '../../hooks/useActorId.ts';
import { useSteadyTask } from '../../hooks/useSteadyTask.ts';
import { TaskSourceContext, useTaskSource } from '../../hooks/useTaskSource.ts';
import { useUndoableCancel } from '../../hooks/useUndoableCancel.ts';
import { dashboardTexts } from '../../messages/dashboardTexts.ts';
import { outcomeTexts } from '../../messages/outcomeTexts.ts';
import { taskTexts } from '../../messages/taskTexts.ts';
import { type ClassName, joinClassName } from '../className.ts';
import { FailedRows, RetryButton } from '../FailedRows/FailedRows.tsx';
import { TaskError } from '../FailedRows/TaskError.tsx';
import { flag } from '../flag.ts';
import { Icon } from '../Icon.tsx';
import { TaskProgress } from '../TaskProgress/TaskProgress.tsx';
import { getLook, type TaskLook } from '../taskFacts.ts';
import { getOutcome, OUTCOME_ICONS } from '../taskOutcome.ts';
import { taskDetailsAttributes as attributes } from './dataAttributes.ts';
import { Log, Relatives, Section, Stages } from './TaskSections.tsx';
import { TaskTimeline } from './TaskTimeline.tsx';

export interface TaskDetailsState {
  /** `loading`: before the first answer of the server */
  state: TaskLook | 'loading';
  isStale: boolean;
}

export interface TaskDetailsProps
  extends Omit<ComponentPropsWithoutRef<'article'>, 'className' | 'children'> {
  taskId: string;
  /** The name of a row. Default: its id */
  recordLabel?: (record: RecordKey) => string;
  /** An error for people, if you know it better than the task. The task's own words then stand under *Details* */
  explainError?: (error: string, record?: RecordKey) => string | undefined;
  /** Whether the task gets a Cancel button. Default: the user's own tasks do */
  canCancel?: (task: TaskView) => boolean;
  /** Whether an ended task gets Retry buttons. Default: every one that failed or was cancelled */
  canRetry?: (task: TaskView) => boolean;
  /** The task changes no row, as an export. Default: every task does */
  readsOnly?: (task: TaskView) => boolean;
  /** The result of a completed task: the link to an exported file */
  renderResult?: (task: TaskView) => ReactNode;
  /** The input of the task, if your server shows it. Rowlock's own server does not */
  renderInput?: (task: TaskView) => ReactNode;
  /** Called for the task that launched it, and for those that it launched */
  onOpenTask?: (taskId: string) => void;
  /** Where the task comes from. Default: the live channel */
  source?: TaskSource;
  className?: ClassName<TaskDetailsState>;
}

/** One task in full: progress or outcome, times, stages, failed rows, log, and the tasks around it. */
export const TaskDetails = forwardRef<HTMLElement, TaskDetailsProps>(function TaskDetails(
  { source, ...props },
  ref,
) {
  const nearest = useTaskSource();
  return (
    <TaskSourceContext.Provider value={source ?? nearest}>
      <Content {...props} key={props.taskId} rootRef={ref} />
    </TaskSourceContext.Provider>
  );
});

type ContentProps = Omit<TaskDetailsProps, 'source'> & { rootRef: React.ForwardedRef<HTMLElement> };

function Content({ rootRef, taskId, className, ...props }: ContentProps) {
  const { recordLabel, explainError, canCancel, canRetry, readsOnly, ...others } = props;
  const { renderResult, renderInput, onOpenTask, ...rest } = others;
  const { task, isStale, isMissing } = useSteadyTask(taskId);
  const titleId = useId();
  const state = task ? getLook(task, isMissing) : isMissing ? 'missing' : 'loading';
  const options = { recordLabel, explainError, canCancel, canRetry, readsOnly, renderResult, renderInput };
  return (
    <article
      aria-labelledby={titleId}
      {...rest}
      ref={rootRef}
      className={joinClassName('rowlock-details', className, { state, isStale })}
      {...{ [attributes.state]: state, [attributes.stale]: flag(isStale) }}
    >
      {task ? (
        <>
          <Head {...{ task, titleId, isStale, isMissing, ...options }} />
          <TaskTimeline task={task} />
          <Stages task={task} />
          <Failed task={task} {...options} />
          <Input task={task} renderInput={renderInput} />
          <Relatives task={task} onOpenTask={onOpenTask} />
          <Log task={task} />
        </>
      ) : (
        <>
          <span id={titleId} className="rowlock-visually-hidden">
            {taskId}
          </span>
          <TaskProgress taskId={taskId} />
        </>
      )}
    </article>
  );
}

type Options = Partial<
  Pick<
    TaskDetailsProps,
    'recordLabel' | 'explainError' | 'canCancel' | 'canRetry' | 'readsOnly' | 'renderResult' | 'renderInput'
  >
>;

interface HeadProps {
  task: TaskView;
  titleId: string;
  isStale: boolean;
  isMissing: boolean;
}

function Head({
  task,
  titleId,
  isStale,
  isMissing,
  ...options
}: HeadProps & { [Name in keyof Options]: Options[Name] | undefined }) {
  const messages = useTexts(outcomeTexts);
  const { startedBy } = useTexts(taskTexts);
  const source = useTaskSource();
  const isOwn = task.actor.id === useActorId();
  const { isPending, cancel, undo } = useUndoableCancel();
  const { explainError, canCancel, canRetry, readsOnly, renderResult } = options;
  const outcome = getOutcome(task);
  const mayCancel = !outcome && (canCancel?.(task) ?? isOwn);
  const mayRetry = outcome && outcome.kind !== 'completed' && (canRetry?.(task) ?? true);
  return (
    <header className="rowlock-details-head">
      <h2 id={titleId} className="rowlock-details-title">
        <bdi>{task.label}</bdi>
      </h2>
      <p className="rowlock-dashboard-note">{startedBy(task)}</p>
      {outcome ? (
        <p className="rowlock-outcome" data-kind={outcome.kind}>
          <span className="rowlock-outcome-shape">
            <Icon name={OUTCOME_ICONS[outcome.kind]} />
          </span>
          <span className="rowlock-outcome-words">
            {messages.outcome(outcome, readsOnly?.(task) ?? false)}
          </span>
        </p>
      ) : (
        <TaskProgress
          task={task}
          isStale={isStale}
          isMissing={isMissing}
          hideLabel
          {...(mayCancel && { onCancel: () => cancel(() => void source.cancel(task.id)) })}
          {...(isPending && { onUndoCancel: undo })}
        />
      )}
      {task.error !== undefined && <TaskError error={task.error} explained={explainError?.(task.error)} />}
      <div className="rowlock-outcome-actions">
        {outcome?.kind === 'completed' && renderResult?.(task)}
        {mayRetry && <RetryButton task={task} />}
      </div>
    </header>
  );
}

function Failed({
  task,
  recordLabel,
  explainError,
  canRetry,
}: { task: TaskView } & { [Name in keyof Options]: Options[Name] | undefined }) {
  const messages = useTexts(outcomeTexts);
  const count = task.failedCount ?? 0;
  if (count === 0) return null;
  const mayRetry = getOutcome(task) !== undefined && (canRetry?.(task) ?? true);
  return (
    <Section title={messages.failedRows(count)}>
      <FailedRows task={task} recordLabel={recordLabel} explainError={explainError} pageSize={20} />
      {mayRetry && <RetryButton task={task} onlyFailed />}
    </Section>
  );
}

function Input({ task, renderInput }: { task: TaskView; renderInput: Options['renderInput'] | undefined }) {
  const messages = useTexts(dashboardTexts);
  const input = renderInput?.(task);
  return input ? <Section title={messages.input()}>{input}</Section> : null;
}
