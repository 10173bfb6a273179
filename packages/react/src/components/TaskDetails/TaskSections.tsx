/** The sections of a task's page: its stages, its log, and the tasks around it. */
import { isFinal, type TaskView } from '@rowlock/protocol';
import { type CSSProperties, type ReactNode, useCallback } from 'react';
import { useTexts } from '../../hooks/contexts.ts';
import { useTask } from '../../hooks/useTask.ts';
import { useTaskLog } from '../../hooks/useTaskLog.ts';
import { type TaskListState, useTasks } from '../../hooks/useTasks.ts';
import { dashboardTexts } from '../../messages/dashboardTexts.ts';
import { taskTexts } from '../../messages/taskTexts.ts';
import { TaskProgress } from '../TaskProgress/TaskProgress.tsx';

export const Section = ({ title, children }: { title: string; children: ReactNode }) => (
  <section className="rowlock-details-section">
    <h3 className="rowlock-details-heading">{title}</h3>
    {children}
  </section>
);

export function Stages({ task }: { task: TaskView }) {
  const messages = useTexts(dashboardTexts);
  const { doneOf } = useTexts(taskTexts);
  const { stages = [], stage } = task.progress;
  if (stages.length === 0) return null;
  return (
    <Section title={messages.stages()}>
      <ul className="rowlock-details-stages">
        {stages.map(({ name, done, total }) => (
          <li key={name} aria-current={name === stage && !isFinal(task.state) ? 'step' : undefined}>
            <bdi>{name}</bdi>
            <span>{doneOf(done, total)}</span>
            <div
              className="rowlock-progress-track"
              role="progressbar"
              aria-label={name}
              aria-valuemin={0}
              aria-valuemax={total}
              aria-valuenow={done}
            >
              <div
                className="rowlock-progress-bar"
                style={{ '--rowlock-fraction': total > 0 ? done / total : 0 } as CSSProperties}
              />
            </div>
          </li>
        ))}
      </ul>
    </Section>
  );
}

export function Log({ task }: { task: TaskView }) {
  const messages = useTexts(dashboardTexts);
  const { lines, error } = useTaskLog(task.id, !isFinal(task.state));
  return (
    <Section title={messages.log()}>
      {error && <p className="rowlock-dashboard-note">{error.message}</p>}
      {lines?.length === 0 && <p className="rowlock-dashboard-note">{messages.noLog()}</p>}
      {lines && lines.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling list must be reachable by keyboard
        <ol className="rowlock-details-log" tabIndex={0}>
          {lines.map(({ at, text }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other name, and are only added
            <li key={index}>
              <time dateTime={new Date(at).toISOString()} title={messages.exactTime(at)}>
                {messages.clockTime(at, at)}
              </time>
              <bdi>{text}</bdi>
            </li>
          ))}
        </ol>
      )}
    </Section>
  );
}

interface RelativesProps {
  task: TaskView;
  onOpenTask: ((taskId: string) => void) | undefined;
}

/** The task that launched it, the one that it retries, and the newest of those that it launched. */
export function Relatives({ task, onOpenTask }: RelativesProps) {
  const messages = useTexts(dashboardTexts);
  const { id, parentId, retryOf } = task;
  const select = useCallback(
    ({ tasks }: TaskListState) => tasks.filter((each) => each.parentId === id).map((each) => each.id),
    [id],
  );
  // A child is launched after its parent.
  const children = useTasks({ filter: { launchedAfter: task.createdAt }, select });
  return (
    <>
      {parentId !== undefined && (
        <Section title={messages.parent()}>
          <TaskLink taskId={parentId} onOpenTask={onOpenTask} />
        </Section>
      )}
      {retryOf !== undefined && (
        <Section title={messages.retryOf()}>
          <TaskLink taskId={retryOf} onOpenTask={onOpenTask} />
        </Section>
      )}
      {children.length > 0 && (
        <Section title={messages.children()}>
          <ul className="rowlock-details-children">
            {children.map((childId) => (
              <li key={childId}>
                <TaskLink taskId={childId} onOpenTask={onOpenTask} />
                <TaskProgress taskId={childId} hideLabel announce={false} />
              </li>
            ))}
          </ul>
        </Section>
      )}
    </>
  );
}

function TaskLink({ taskId, onOpenTask }: { taskId: string; onOpenTask: RelativesProps['onOpenTask'] }) {
  const label = useTask(taskId, { select: ({ task }) => task?.label }) ?? taskId;
  if (!onOpenTask) return <bdi className="rowlock-details-link">{label}</bdi>;
  return (
    <button type="button" className="rowlock-details-link" onClick={() => onOpenTask(taskId)}>
      <bdi>{label}</bdi>
    </button>
  );
}
