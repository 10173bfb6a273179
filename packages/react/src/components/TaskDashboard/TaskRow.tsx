import { isFinal, type TaskView } from '@rowlock/protocol';
import { type CSSProperties, memo } from 'react';
import { useTexts } from '../../hooks/contexts.ts';
import { dashboardTexts } from '../../messages/dashboardTexts.ts';
import { outcomeTexts } from '../../messages/outcomeTexts.ts';
import { Icon, Ring } from '../Icon.tsx';
import { useTaskProgress } from '../TaskProgress/useTaskProgress.ts';
import { TASK_ICONS } from '../taskIcons.ts';
import { getOutcome } from '../taskOutcome.ts';
import { taskRowAttributes as attributes } from './dataAttributes.ts';

interface TaskRowProps {
  task: TaskView;
  nowMs: number;
  /** Whether Tab stops here. The arrow keys reach the others */
  isTabStop: boolean;
  onOpen: ((taskId: string) => void) | undefined;
}

/** One task as a row of 36 px. Renders if its task has changed, and with the clock. */
export const TaskRow = memo(function TaskRow({ task, nowMs, isTabStop, onOpen }: TaskRowProps) {
  const texts = useTexts(dashboardTexts);
  const messages = useTexts(outcomeTexts);
  const shown = useTaskProgress(task);
  const outcome = getOutcome(task);
  const icon = TASK_ICONS[shown.look];
  const words = outcome ? messages.outcome(outcome, false) : shown.detailText;
  const atMs = task.endedAt ?? task.startedAt ?? task.createdAt;
  return (
    <li className="rowlock-dashboard-row" {...{ [attributes.state]: shown.look }}>
      <span className="rowlock-dashboard-shape">
        {icon ? <Icon name={icon} /> : <Ring fraction={shown.isIndeterminate ? undefined : shown.fraction} />}
      </span>
      <button
        type="button"
        className="rowlock-dashboard-label"
        data-task-row=""
        tabIndex={isTabStop ? 0 : -1}
        title={task.label}
        aria-label={onOpen ? texts.openTask(task.label) : task.label}
        aria-disabled={!onOpen}
        onClick={() => onOpen?.(task.id)}
      >
        <bdi>{task.label}</bdi>
      </button>
      <span className="rowlock-dashboard-words" title={task.error ?? words}>
        {!isFinal(task.state) && shown.percent !== undefined && <b>{shown.percent} </b>}
        {words}
      </span>
      <span className="rowlock-dashboard-left">{shown.timeLeft}</span>
      <span className="rowlock-dashboard-who" title={task.actor.name}>
        {task.actor.name}
      </span>
      <time
        className="rowlock-dashboard-age"
        dateTime={new Date(atMs).toISOString()}
        title={messages.exactTime(atMs)}
      >
        {messages.ago(atMs, nowMs)}
      </time>
      {!isFinal(task.state) && (
        <span
          className="rowlock-dashboard-bar"
          aria-hidden="true"
          style={{ '--rowlock-fraction': shown.fraction } as CSSProperties}
        />
      )}
    </li>
  );
});
