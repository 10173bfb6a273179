import { type ComponentPropsWithoutRef, forwardRef, useId, useState } from 'react';
import type { StorageArea } from '../../core/leaseStorage.ts';
import { useTexts } from '../../hooks/contexts.ts';
import type { CommonTexts } from '../../messages/commonTexts.ts';
import { type TrayTexts, trayTexts } from '../../messages/trayTexts.ts';
import { type ClassName, joinClassName } from '../className.ts';
import { flag } from '../flag.ts';
import { Icon } from '../Icon.tsx';
import { taskTrayAttributes as attributes } from './dataAttributes.ts';
import { TrayTask, type TrayTaskOptions } from './TrayTask.tsx';
import { useCornerHeight } from './useCornerHeight.ts';
import { type ShownTasks, useTaskTray } from './useTaskTray.ts';

export interface TaskTrayState {
  isOpen: boolean;
  isStale: boolean;
  placement: 'inline' | 'corner';
}

export interface TaskTrayProps
  extends Omit<ComponentPropsWithoutRef<'section'>, 'className' | 'children'>,
    TrayTaskOptions {
  /**
   * `inline` (default): a part of the page, such as the foot of the navigation, so that it covers nothing. `corner`: fixed in the last
   * corner of the window. Let the page end above it then: `padding-block-end: var(--rowlock-tray-height, 0px)`
   */
  placement?: 'inline' | 'corner';
  /** Whether the list is open at first. Default true */
  defaultOpen?: boolean;
  /** Keeps the tray over a reload. Default `sessionStorage`. `null`: it does not */
  storage?: StorageArea | null;
  className?: ClassName<TaskTrayState>;
}

/** The user's own tasks and how they ended, and the tasks of others as one line. Renders nothing without tasks. */
export const TaskTray = forwardRef<HTMLElement, TaskTrayProps>(function TaskTray(props, ref) {
  const { placement = 'inline', defaultOpen = true, storage, className, ...others } = props;
  const { canCancel, recordLabel, readsOnly, renderResult, explainError, onDoWhenFree, ...rest } = others;
  const options = { canCancel, recordLabel, readsOnly, renderResult, explainError, onDoWhenFree };
  const messages = useTexts(trayTexts);
  const tray = useTaskTray(storage);
  const listId = useId();
  const setRoot = useCornerHeight(placement === 'corner', ref);
  if (tray.open.length + tray.finished.length + tray.others.length === 0) return null;
  const isOpen = tray.isOpen ?? defaultOpen;
  return (
    <section
      aria-label={messages.tasks()}
      {...rest}
      ref={setRoot}
      className={joinClassName('rowlock-tray', className, { isOpen, isStale: tray.isStale, placement })}
      {...{
        [attributes.open]: flag(isOpen),
        [attributes.stale]: flag(tray.isStale),
        [attributes.placement]: placement,
      }}
    >
      <button
        type="button"
        className="rowlock-tray-head"
        aria-expanded={isOpen}
        aria-controls={listId}
        title={isOpen ? messages.hideTasks() : messages.showTasks()}
        onClick={() => tray.setOpen(!isOpen)}
      >
        <span className="rowlock-tray-title">{getTitle(tray, messages)}</span>
        <Icon name="down" />
      </button>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for the fields of a form */}
      <div
        id={listId}
        className="rowlock-tray-list"
        hidden={!isOpen}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling list must be reachable by keyboard
        tabIndex={0}
        role="group"
        aria-label={messages.tasks()}
      >
        <OwnTasks tray={tray} options={options} />
        <OtherTasks ids={tray.others} options={options} />
      </div>
    </section>
  );
});

/** More finished tasks than this are folded. */
const FINISHED_SHOWN = 3;

function OwnTasks({ tray, options }: { tray: ShownTasks; options: TrayTaskOptions }) {
  const messages = useTexts(trayTexts);
  const [showsAll, setShowsAll] = useState(false);
  const { open, finished, dismiss } = tray;
  const shown = showsAll ? finished : finished.slice(0, FINISHED_SHOWN);
  const tasks = [
    ...open.map((id) => ({ id, seen: undefined })),
    ...shown.map((seen) => ({ id: seen.id, seen })),
  ];
  const hiddenCount = finished.length - shown.length;
  return (
    <>
      <ul className="rowlock-tray-items">
        {tasks.map((task) => (
          <li key={task.id} className="rowlock-tray-item">
            <TrayTask {...options} {...task} isOwn onDismiss={(id) => dismiss([id])} />
          </li>
        ))}
      </ul>
      {(hiddenCount > 0 || finished.length > 1) && (
        <div className="rowlock-tray-line">
          {hiddenCount > 0 && (
            <button
              type="button"
              className="rowlock-button"
              data-variant="quiet"
              onClick={() => setShowsAll(true)}
            >
              {messages.moreFinished(hiddenCount)}
            </button>
          )}
          <button
            type="button"
            className="rowlock-button rowlock-tray-clear"
            data-variant="quiet"
            onClick={() => dismiss(finished.map(({ id }) => id))}
          >
            {messages.clearFinished()}
          </button>
        </div>
      )}
    </>
  );
}

/** One line, which opens: the tasks of others are no news for this user. */
function OtherTasks({ ids, options }: { ids: readonly string[]; options: TrayTaskOptions }) {
  const messages = useTexts(trayTexts);
  const [isOpen, setOpen] = useState(false);
  const listId = useId();
  if (ids.length === 0) return null;
  return (
    <div className="rowlock-tray-others">
      <button
        type="button"
        className="rowlock-tray-head"
        aria-expanded={isOpen}
        aria-controls={listId}
        onClick={() => setOpen(!isOpen)}
      >
        <span className="rowlock-tray-title">{messages.tasksOfOthers(ids.length)}</span>
        <Icon name="down" />
      </button>
      <ul id={listId} className="rowlock-tray-items" hidden={!isOpen}>
        {isOpen &&
          ids.map((id) => (
            <li key={id} className="rowlock-tray-item">
              <TrayTask
                {...options}
                canCancel={options.canCancel ?? (() => false)}
                id={id}
                isOwn={false}
                onDismiss={() => {}}
              />
            </li>
          ))}
      </ul>
    </div>
  );
}

function getTitle({ open, finished, runningCount }: ShownTasks, messages: CommonTexts & TrayTexts): string {
  const waitingCount = open.length - runningCount;
  const parts = [
    runningCount > 0 && messages.tasksRunning(runningCount),
    waitingCount > 0 && messages.tasksWaiting(waitingCount),
    open.length === 0 && finished.length > 0 && messages.tasksFinished(finished.length),
  ].filter((part) => part !== false);
  return parts.length > 0 ? parts.join(' · ') : messages.tasks();
}
