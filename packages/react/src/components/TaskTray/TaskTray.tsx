import type { TaskView } from '@rowlock/protocol';
import { useId, useState } from 'react';
import { useMessages } from '../../hooks/contexts.ts';
import { useRowlock } from '../../hooks/useRowlock.ts';
import type { Messages } from '../../messages.ts';
import { classNames } from '../classNames.ts';
import { Icon } from '../Icon.tsx';
import { TaskProgress } from '../TaskProgress/TaskProgress.tsx';
import { type TaskTrayState, useTaskTray } from './useTaskTray.ts';

export interface TaskTrayProps {
  /** Whose tasks get a Cancel button. Default: one's own */
  canCancel?: (task: TaskView) => boolean;
  /** Open at first; default true */
  defaultOpen?: boolean;
  className?: string;
}

/** The tasks that are under way, and those that ended while one was looking. Nothing where there are none. */
export function TaskTray({ canCancel, defaultOpen = true, className }: TaskTrayProps) {
  const messages = useMessages();
  const { client, actor } = useRowlock();
  const tray = useTaskTray();
  const [isOpen, setOpen] = useState(defaultOpen);
  const listId = useId();
  if (tray.tasks.length === 0) return null;
  const mayCancel = canCancel ?? ((task: TaskView) => task.actor.id === actor?.id);
  return (
    <section
      className={classNames('rowlock-tray', className)}
      aria-label={messages.tasks()}
      data-open={isOpen || undefined}
      data-stale={tray.isStale || undefined}
    >
      <button
        type="button"
        className="rowlock-tray-head"
        aria-expanded={isOpen}
        aria-controls={listId}
        title={isOpen ? messages.hideTasks() : messages.showTasks()}
        onClick={() => setOpen(!isOpen)}
      >
        <span className="rowlock-tray-title">{titleOf(tray, messages)}</span>
        <Icon name="down" />
      </button>
      <ul
        id={listId}
        className="rowlock-tray-list"
        hidden={!isOpen}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        aria-label={messages.tasks()}
      >
        {tray.tasks.map(({ task, isFinished }) => (
          <li key={task.id} className="rowlock-tray-item">
            <TaskProgress
              task={task}
              isStale={tray.isStale}
              showActor={task.actor.id !== actor?.id}
              {...(mayCancel(task) && { onCancel: (id: string) => void client.cancelTask(id) })}
            />
            {isFinished && (
              <button
                type="button"
                className="rowlock-button rowlock-tray-dismiss"
                data-variant="quiet"
                aria-label={messages.dismiss(task.label)}
                onClick={() => tray.dismiss(task.id)}
              >
                <Icon name="cross" />
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function titleOf({ tasks, runningCount, waitingCount }: TaskTrayState, messages: Messages): string {
  if (runningCount > 0) return messages.tasksRunning(runningCount);
  if (waitingCount > 0) return messages.tasksWaiting(waitingCount);
  return messages.tasksFinished(tasks.length);
}
