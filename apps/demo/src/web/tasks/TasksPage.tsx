import { TaskDashboard } from '@rowlock/react';
import { useNavigate } from '@tanstack/react-router';
import { AwayNotice } from '../runs/AwayNotice.tsx';

/** Every task, live: the kit's dashboard. */
export function TasksPage() {
  const navigate = useNavigate();
  return (
    <div className="tasksPage">
      <AwayNotice />
      <TaskDashboard onOpenTask={(taskId) => void navigate({ to: '/tasks/$taskId', params: { taskId } })} />
    </div>
  );
}
