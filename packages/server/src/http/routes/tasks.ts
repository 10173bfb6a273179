/** The handlers of the routes of tasks. A task that the user may not watch is refused. */
import type { Permissions } from '../../permissions.ts';
import type { UserTasks } from '../../tasks/control/userTasks.ts';
import { createListVisibleTasks } from '../../tasks/read/listVisibleTasks.ts';
import type { Tasks } from '../../tasks/tasks.ts';
import { withoutAbsent } from '../../withoutAbsent.ts';
import type { RouteHandlers } from './route.ts';
import type { Routes } from './routes.ts';

export function createTaskHandlers({
  tasks,
  userTasks,
  permissions,
}: {
  tasks: Tasks;
  userTasks: UserTasks;
  permissions: Permissions;
}): RouteHandlers<
  Pick<
    Routes,
    | 'listTasks'
    | 'launchTask'
    | 'getTask'
    | 'listTaskFailures'
    | 'getTaskLog'
    | 'cancelTask'
    | 'retryTask'
    | 'previewTask'
  >
> {
  const listVisibleTasks = createListVisibleTasks({ tasks, permissions });

  return {
    listTasks: async ({ actor, query }) => ({
      status: 200,
      body: await listVisibleTasks(actor, withoutAbsent(query)),
    }),

    getTask: async ({ actor, params }) => ({
      status: 200,
      body: { task: await userTasks.get(actor, params.id) },
    }),

    async listTaskFailures({ actor, params }) {
      const { id } = await userTasks.get(actor, params.id);
      return { status: 200, body: await tasks.failures(id) };
    },

    async getTaskLog({ actor, params }) {
      const { id } = await userTasks.get(actor, params.id);
      return { status: 200, body: { lines: await tasks.log(id) } };
    },

    cancelTask: async ({ actor, params }) => ({
      status: 202,
      body: { task: await userTasks.cancel(actor, params.id) },
    }),
    launchTask: async ({ actor, body }) => ({ status: 202, body: await userTasks.launch(actor, body) }),
    retryTask: async ({ actor, params, body }) => ({
      status: 202,
      body: await userTasks.retry(actor, params.id, body),
    }),
    previewTask: async ({ actor, body }) => ({ status: 200, body: await userTasks.preview(actor, body) }),
  };
}
