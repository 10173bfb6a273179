import { type ComponentPropsWithoutRef, forwardRef, type KeyboardEvent, useId, useState } from 'react';
import type { TaskSource } from '../../core/taskSource.ts';
import { useTexts } from '../../hooks/contexts.ts';
import { useNow } from '../../hooks/useNow.ts';
import { TaskSourceContext, useTaskSource } from '../../hooks/useTaskSource.ts';
import { dashboardTexts } from '../../messages/dashboardTexts.ts';
import { type ClassName, joinClassName } from '../className.ts';
import { flag } from '../flag.ts';
import { DashboardFilters } from './DashboardFilters.tsx';
import { taskDashboardAttributes as attributes } from './dataAttributes.ts';
import { TaskRow } from './TaskRow.tsx';
import { Throughput } from './Throughput.tsx';
import { type Dashboard, useTaskDashboard } from './useTaskDashboard.ts';

export interface TaskDashboardState {
  isStale: boolean;
}

export interface TaskDashboardProps
  extends Omit<ComponentPropsWithoutRef<'section'>, 'className' | 'children'> {
  /** Called when the user opens a task: show `<TaskDetails>` then. Without it the rows are only to read */
  onOpenTask?: (taskId: string) => void;
  /** Where the tasks come from. Default: the live channel. `createTaskPolling` reads them by the REST routes */
  source?: TaskSource;
  className?: ClassName<TaskDashboardState>;
}

/** All tasks that the user may see: running ones first, with filters, throughput, and pages of older ones. */
export const TaskDashboard = forwardRef<HTMLElement, TaskDashboardProps>(function TaskDashboard(
  { source, ...props },
  ref,
) {
  const nearest = useTaskSource();
  return (
    <TaskSourceContext.Provider value={source ?? nearest}>
      <Content {...props} rootRef={ref} />
    </TaskSourceContext.Provider>
  );
});

/** Ages and the chart follow the clock at this interval. */
const CLOCK_EVERY_MS = 10_000;

interface ContentProps extends Omit<TaskDashboardProps, 'source'> {
  rootRef: React.ForwardedRef<HTMLElement>;
}

function Content({ rootRef, onOpenTask, className, ...rest }: ContentProps) {
  const messages = useTexts(dashboardTexts);
  const dashboard = useTaskDashboard();
  const nowMs = useNow(CLOCK_EVERY_MS);
  const titleId = useId();
  const { tasks, isStale, isLoading, error, oldestWaiting } = dashboard;
  return (
    <section
      aria-labelledby={titleId}
      {...rest}
      ref={rootRef}
      className={joinClassName('rowlock-dashboard', className, { isStale })}
      {...{ [attributes.stale]: flag(isStale) }}
    >
      <div className="rowlock-dashboard-head">
        <h2 id={titleId} className="rowlock-dashboard-title">
          {messages.dashboardTitle()}
        </h2>
        <DashboardFilters dashboard={dashboard} />
      </div>
      <div className="rowlock-dashboard-facts">
        <Throughput tasks={tasks} nowMs={nowMs} />
        <div className="rowlock-dashboard-fact">
          <span className="rowlock-dashboard-fact-name">{messages.oldestWaiting()}</span>
          <span className="rowlock-dashboard-fact-value" title={oldestWaiting?.label}>
            {oldestWaiting
              ? `${oldestWaiting.label} · ${messages.ago(oldestWaiting.createdAt, nowMs)}`
              : messages.nothingWaits()}
          </span>
        </div>
      </div>
      {error && (
        <p className="rowlock-dashboard-note" role="alert">
          {error.message}
        </p>
      )}
      {isStale && !isLoading && !error && <p className="rowlock-dashboard-note">{messages.tasksStale()}</p>}
      <Rows dashboard={dashboard} nowMs={nowMs} onOpenTask={onOpenTask} />
    </section>
  );
}

interface RowsProps {
  dashboard: Dashboard;
  nowMs: number;
  onOpenTask: ((taskId: string) => void) | undefined;
}

function Rows({ dashboard, nowMs, onOpenTask }: RowsProps) {
  const messages = useTexts(dashboardTexts);
  const [reachedId, setReachedId] = useState<string>();
  const { tasks, isLoading, error, hasFilters, hasMore, isLoadingMore } = dashboard;
  if (isLoading) return <Skeletons />;
  if (tasks.length === 0) {
    return error ? null : (
      <p className="rowlock-dashboard-note">
        {hasFilters ? messages.noMatch() : messages.noTasks()}{' '}
        {hasFilters && (
          <button
            type="button"
            className="rowlock-button"
            data-variant="quiet"
            onClick={dashboard.clearFilters}
          >
            {messages.clearFilters()}
          </button>
        )}
      </p>
    );
  }
  const tabStop = tasks.some(({ id }) => id === reachedId) ? reachedId : tasks[0]!.id;
  return (
    <>
      <ul className="rowlock-dashboard-rows" onKeyDown={moveFocus}>
        {tasks.map((task) => (
          <TaskRow
            key={task.id}
            task={task}
            nowMs={nowMs}
            isTabStop={task.id === tabStop}
            onOpen={
              onOpenTask &&
              ((id) => {
                setReachedId(id);
                onOpenTask(id);
              })
            }
          />
        ))}
      </ul>
      {hasMore && (
        <button
          type="button"
          className="rowlock-button rowlock-dashboard-more"
          aria-disabled={isLoadingMore}
          onClick={() => void dashboard.loadMore()}
        >
          {messages.olderTasks()}
        </button>
      )}
    </>
  );
}

const Skeletons = () => (
  <div className="rowlock-dashboard-rows" aria-busy="true">
    {['a', 'b', 'c', 'd'].map((key) => (
      <div key={key} className="rowlock-dashboard-row">
        <span className="rowlock-skeleton" />
      </div>
    ))}
  </div>
);

const STEPS: Readonly<Record<string, (index: number, last: number) => number>> = {
  ArrowDown: (index, last) => Math.min(last, index + 1),
  ArrowUp: (index) => Math.max(0, index - 1),
  Home: () => 0,
  End: (_, last) => last,
};

/** One Tab stop for all rows: the arrow keys, Home and End move between them. */
function moveFocus(event: KeyboardEvent<HTMLUListElement>): void {
  const step = STEPS[event.key];
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-task-row]')];
  const index = rows.indexOf(event.target as HTMLElement);
  if (!step || index < 0) return;
  event.preventDefault();
  rows[step(index, rows.length - 1)]?.focus();
}
