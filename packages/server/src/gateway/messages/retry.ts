/** `retry`: a new task with the input of an ended one. */
import type { UserTasks } from '../../tasks/control/userTasks.ts';
import { type Handler, SELECTION_COST } from './handler.ts';

export const createRetry = ({ userTasks }: { userTasks: Pick<UserTasks, 'retry'> }): Handler<'retry'> => ({
  cost: SELECTION_COST,
  handle: ({ actor }, { taskId, ...options }) => userTasks.retry(actor, taskId, options),
});
