import { TaskDetails } from '@rowlock/react';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useTaskOptions } from './useTaskOptions.tsx';

/** One task: its stages, its log, its failed rows, and what it has done. */
export function TaskPage() {
  const { taskId } = useParams({ from: '/tasks/$taskId' });
  const navigate = useNavigate();
  return (
    <div className="tasksPage">
      <p>
        <Link to="/tasks">All tasks</Link>
      </p>
      <TaskDetails
        {...useTaskOptions()}
        taskId={taskId}
        onOpenTask={(other) => void navigate({ to: '/tasks/$taskId', params: { taskId: other } })}
      />
    </div>
  );
}
