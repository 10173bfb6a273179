import type { TaskView } from '@rowlock/protocol';
import { type ComponentPropsWithoutRef, forwardRef, useId, useState } from 'react';
import { useTexts } from '../../hooks/contexts.ts';
import { useRowlock } from '../../hooks/useRowlock.ts';
import { type TrayTexts, trayTexts } from '../../messages/trayTexts.ts';
import { type ClassName, joinClassName } from '../className.ts';
import { flag } from '../flag.ts';
import { Icon } from '../Icon.tsx';
import { TaskProgress } from '../TaskProgress/TaskProgress.tsx';
import { taskTrayAttributes as attributes } from './dataAttributes.ts';
import { type ShownTasks, useTaskTray } from './useTaskTray.ts';

export interface TaskTrayState {
  isOpen: boolean;
  isStale: boolean;
}

export type TaskTrayProps = Omit<ComponentPropsWithoutRef<'section'>, 'className' | 'children'> & {
  /** Whether a task gets a Cancel button. Default: the user's own tasks do */
  canCancel?: (task: TaskView) => boolean;
  /** Whether the list is open at first. Default true */
  defaultOpen?: boolean;
  className?: ClassName<TaskTrayState>;
};

/** Open tasks, and tasks that ended while the page showed them. Renders nothing without tasks. */
export const TaskTray = forwardRef<HTMLElement, TaskTrayProps>(function TaskTray(
  { canCancel, defaultOpen = true, className, ...rest },
  ref,
) {
  const messages = useTexts(trayTexts);
  const { client, actor } = useRowlock();
  const tray = useTaskTray();
  const [isOpen, setOpen] = useState(defaultOpen);
  const listId = useId();
  if (tray.tasks.length === 0) return null;
  const isOwn = (task: TaskView) => task.actor.id === actor?.id;
  return (
    <section
      aria-label={messages.tasks()}
      {...rest}
      ref={ref}
      className={joinClassName('rowlock-tray', className, { isOpen, isStale: tray.isStale })}
      {...{ [attributes.open]: flag(isOpen), [attributes.stale]: flag(tray.isStale) }}
    >
      <button
        type="button"
        className="rowlock-tray-head"
        aria-expanded={isOpen}
        aria-controls={listId}
        title={isOpen ? messages.hideTasks() : messages.showTasks()}
        onClick={() => setOpen(!isOpen)}
      >
        <span className="rowlock-tray-title">{getTitle(tray, messages)}</span>
        <Icon name="down" />
      </button>
      <ul
        id={listId}
        className="rowlock-tray-list"
        hidden={!isOpen}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling list must be reachable by keyboard
        tabIndex={0}
        aria-label={messages.tasks()}
      >
        {tray.tasks.map(({ task, isFinished }) => (
          <li key={task.id} className="rowlock-tray-item">
            <TaskProgress
              task={task}
              isStale={tray.isStale}
              showActor={!isOwn(task)}
              {...((canCancel ?? isOwn)(task) && { onCancel: (id) => void client.tasks.cancel(id) })}
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
});

function getTitle({ tasks, runningCount, waitingCount }: ShownTasks, messages: TrayTexts): string {
  if (runningCount > 0) return messages.tasksRunning(runningCount);
  if (waitingCount > 0) return messages.tasksWaiting(waitingCount);
  return messages.tasksFinished(tasks.length);
}
