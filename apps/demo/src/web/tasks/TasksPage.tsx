import { isFinal, type TaskView } from '@rowlock/protocol';
import { type ShownConnection, TaskProgress, useConnectionStatus, useTasks } from '@rowlock/react';
import { Link, useSearch } from '@tanstack/react-router';
import { Download } from 'lucide-react';
import { useState } from 'react';
import { formatCount, formatExact, formatWhen } from '../format.ts';
import { useUser } from '../session.ts';
import { Avatar } from '../shell/Avatar.tsx';
import { useNotice } from '../shell/notice.ts';
import { whyAway } from '../shell/whyAway.ts';
import { EmptyList } from '../table/ListState.tsx';
import { downloadExport } from './downloadExport.ts';
import { mayCancel } from './mayCancel.ts';
import { useCancelTask } from './useCancelTask.ts';

/** Every task, live, with its actor, its progress and its result. */
export function TasksPage() {
  const user = useUser();
  const { tasks, isStale } = useTasks();
  const { status } = useConnectionStatus();
  const why = whyAway(status);
  const { q = '' } = useSearch({ from: '/tasks' });
  const cancel = useCancelTask();
  const wanted = q.toLowerCase();
  const shown = tasks.filter(({ label, actor }) => `${label} ${actor.name}`.toLowerCase().includes(wanted));
  const underWay = tasks.filter((task) => !isFinal(task.state)).length;
  return (
    <section className="page" aria-label="Tasks">
      <div className="page-head">
        <h1 className="page-title">Tasks</h1>
        <p className="lockSummary" data-testid="task-count">
          {tasks.length > 0 &&
            `${underWay === 0 ? 'none' : formatCount(underWay)} under way, ${formatCount(tasks.length)} in all`}
        </p>
      </div>
      {shown.length > 0 ? (
        <ol className="taskList" data-stale={isStale || undefined}>
          {shown.map((task) => (
            <li key={task.id} className="taskItem" data-task-id={task.id} data-state={task.state}>
              <div className="taskItem-progress">
                <TaskProgress
                  task={task}
                  isStale={isStale}
                  announce={false}
                  {...(mayCancel(user, task) && { onCancel: cancel })}
                />
              </div>
              <div className="taskItem-who">
                <Avatar name={task.actor.name} />
                <span>{task.actor.name}</span>
                <span className="taskItem-when" title={formatExact(task.createdAt)}>
                  {formatWhen(task.createdAt)}
                </span>
              </div>
              <div className="taskItem-outcome">
                <Outcome task={task} />
              </div>
            </li>
          ))}
        </ol>
      ) : (
        <EmptyList title={emptyTitle(isStale, status, wanted)}>
          {why && <p>{why} The tasks appear here by themselves as soon as it is back.</p>}
          {!isStale && !wanted && (
            <p>
              Select{' '}
              <Link to="/cities" search={{ country: 'FR' }}>
                some cities
              </Link>{' '}
              and choose an action from the bar at the bottom.
            </p>
          )}
        </EmptyList>
      )}
    </section>
  );
}

function emptyTitle(isStale: boolean, status: ShownConnection['status'], wanted: string): string {
  if (status === 'refused') return 'The tasks cannot be shown';
  if (whyAway(status)) return 'The tasks cannot be shown for now';
  if (isStale) return 'Looking for tasks…';
  return wanted ? 'No task has this name' : 'No task has run yet';
}

function Outcome({ task }: { task: TaskView }) {
  const notify = useNotice();
  const [isLoading, setLoading] = useState(false);
  if (task.state !== 'completed') return null;
  if (task.name === 'export-csv') {
    return (
      <button
        type="button"
        className="button"
        data-size="small"
        data-testid="download-csv"
        disabled={isLoading}
        onClick={() => {
          setLoading(true);
          downloadExport(task.id)
            .catch((error: Error) => notify(error.message))
            .finally(() => setLoading(false));
        }}
      >
        <Download size={14} aria-hidden />
        CSV
      </button>
    );
  }
  const { changed } = (task.result ?? {}) as { changed?: number };
  return changed === undefined ? null : <span>{formatCount(changed)} changed</span>;
}
