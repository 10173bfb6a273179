/** `cancel`: asks a task to stop. */
import type { UserTasks } from '../../tasks/control/userTasks.ts';
import type { Handler } from './handler.ts';

export const createCancel = ({ userTasks }: { userTasks: Pick<UserTasks, 'cancel'> }): Handler<'cancel'> => ({
  handle: async ({ actor }, { taskId }) => ({ task: await userTasks.cancel(actor, taskId) }),
});
