import type { TaskView } from '@rowlock/protocol';
import { type ComponentPropsWithoutRef, type CSSProperties, forwardRef } from 'react';
import { useTexts } from '../../hooks/contexts.ts';
import { useActorId } from '../../hooks/useActorId.ts';
import { useSteadyTask } from '../../hooks/useSteadyTask.ts';
import { bannerTexts } from '../../messages/bannerTexts.ts';
import { taskTexts } from '../../messages/taskTexts.ts';
import { type ClassName, joinClassName } from '../className.ts';
import { flag } from '../flag.ts';
import { Icon, Ring } from '../Icon.tsx';
import { useTaskProgress } from '../TaskProgress/useTaskProgress.ts';
import type { TaskLook } from '../taskFacts.ts';
import { taskBannerAttributes as attributes } from './dataAttributes.ts';

export interface TaskBannerState {
  /** `loading`: before the first answer of the server */
  state: TaskLook | 'loading';
  isOwn: boolean;
  isStale: boolean;
  isIndeterminate: boolean;
}

export interface TaskBannerProps
  extends Omit<ComponentPropsWithoutRef<'div'>, 'className' | 'children' | 'onProgress'> {
  taskId: string;
  /** How many of the rows on screen it holds. Left out: nothing is said of them */
  recordCount?: number;
  /** Shows the button *Details* */
  onDetails?: (taskId: string) => void;
  className?: ClassName<TaskBannerState>;
}

/** One line over a table: whose task is changing rows, how far it has come, and how long it takes. The text changes once a second at most. */
export const TaskBanner = forwardRef<HTMLDivElement, TaskBannerProps>(function TaskBanner(
  { taskId, ...rest },
  ref,
) {
  const { task, isStale, isMissing } = useSteadyTask(taskId);
  return task ? (
    <KnownBanner {...rest} rootRef={ref} task={task} isStale={isStale} isMissing={isMissing} />
  ) : (
    <UnknownBanner {...rest} rootRef={ref} isStale={isStale} isMissing={isMissing} />
  );
});

interface RootProps extends Omit<TaskBannerProps, 'taskId'> {
  rootRef: React.ForwardedRef<HTMLDivElement>;
  isStale: boolean;
  isMissing: boolean;
}

function KnownBanner({
  rootRef,
  task,
  isStale,
  isMissing,
  recordCount,
  onDetails,
  className,
  ...rest
}: RootProps & { task: TaskView }) {
  const messages = useTexts(bannerTexts);
  const shown = useTaskProgress(task, isMissing);
  const isOwn = task.actor.id === useActorId();
  const { look, fraction, isIndeterminate } = shown;
  const facts = [
    recordCount !== undefined && messages.bannerRows(recordCount),
    look === 'running' ? shown.percent : shown.stateText,
    !isStale && shown.timeLeft,
  ].filter((fact) => typeof fact === 'string');
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for the fields of a form
    <div
      role="group"
      aria-label={task.label}
      {...rest}
      ref={rootRef}
      className={joinClassName('rowlock-task-banner', className, {
        ...{ state: look, isOwn, isStale, isIndeterminate },
      })}
      {...{
        [attributes.state]: look,
        [attributes.own]: flag(isOwn),
        [attributes.stale]: flag(isStale),
        [attributes.indeterminate]: flag(isIndeterminate),
      }}
    >
      <span className="rowlock-task-banner-shape">
        {look === 'no-worker' ? (
          <Icon name="warning" />
        ) : (
          <Ring fraction={isIndeterminate ? undefined : fraction} />
        )}
      </span>
      <p className="rowlock-task-banner-words">
        {messages.bannerOwner(task.actor.name, isOwn)}{' '}
        <bdi className="rowlock-task-banner-label" title={task.label}>
          {task.label}
        </bdi>
        <span className="rowlock-task-banner-facts">
          {facts.map((fact) => (
            <span key={fact} className="rowlock-task-banner-fact">
              {fact}
            </span>
          ))}
        </span>
      </p>
      {onDetails && (
        <button
          type="button"
          className="rowlock-button"
          data-variant="quiet"
          aria-label={messages.bannerDetailsOf(task.label)}
          onClick={() => onDetails(task.id)}
        >
          {messages.bannerDetails()}
        </button>
      )}
      <div
        className="rowlock-task-banner-bar"
        role="progressbar"
        aria-label={task.label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={isIndeterminate ? undefined : Math.floor(fraction * 100)}
        aria-valuetext={shown.valueText}
        style={{ '--rowlock-fraction': fraction } as CSSProperties}
      />
    </div>
  );
}

/** Before the first answer it keeps the place. Without a task that the user may see, it says that there is one. */
function UnknownBanner({
  rootRef,
  isStale,
  isMissing,
  recordCount,
  onDetails: _,
  className,
  ...rest
}: RootProps) {
  const messages = useTexts(bannerTexts);
  const { stateMissing } = useTexts(taskTexts);
  const state = isMissing ? 'missing' : 'loading';
  return (
    <div
      {...rest}
      ref={rootRef}
      className={joinClassName('rowlock-task-banner', className, {
        ...{ state, isOwn: false, isStale, isIndeterminate: false },
      })}
      {...{ [attributes.state]: state }}
      aria-busy={!isMissing}
    >
      <span className="rowlock-task-banner-shape">
        <Ring fraction={undefined} />
      </span>
      {isMissing ? (
        <p className="rowlock-task-banner-words">
          {recordCount === undefined ? stateMissing() : messages.bannerUnseen()}
          {recordCount !== undefined && (
            <span className="rowlock-task-banner-facts">
              <span className="rowlock-task-banner-fact">{messages.bannerRows(recordCount)}</span>
            </span>
          )}
        </p>
      ) : (
        <span className="rowlock-skeleton" />
      )}
    </div>
  );
}
