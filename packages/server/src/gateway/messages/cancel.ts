/** `cancel`: asks a task to stop. `tasks` asks `authorize`. */
import type { Tasks } from '../../tasks/tasks.ts';
import type { Handler } from './handler.ts';

export const createCancel = ({ tasks }: { tasks: Pick<Tasks, 'cancel'> }): Handler<'cancel'> => ({
  handle: async ({ actor }, { taskId }) => ({ task: await tasks.cancel(taskId, { actor }) }),
});
