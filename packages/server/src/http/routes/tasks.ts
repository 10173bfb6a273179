/** The handlers of the routes of tasks. A task that the user may not watch is refused. */
import type { Actor, TaskView } from '@rowlock/protocol';
import { RowlockError } from '../../errors.ts';
import type { Permissions } from '../../permissions.ts';
import type { TaskDefinition } from '../../tasks/definition/defineTask.ts';
import { createListVisibleTasks } from '../../tasks/read/listVisibleTasks.ts';
import type { Tasks } from '../../tasks/tasks.ts';
import { withoutAbsent } from '../../withoutAbsent.ts';
import type { RouteHandlers } from './route.ts';
import type { Routes } from './routes.ts';

export function createTaskHandlers({
  tasks,
  definitions,
  permissions,
}: {
  tasks: Tasks;
  definitions: ReadonlyMap<string, TaskDefinition>;
  permissions: Permissions;
}): RouteHandlers<
  Pick<
    Routes,
    'listTasks' | 'getTask' | 'listTaskFailures' | 'getTaskLog' | 'cancelTask' | 'retryTask' | 'previewTask'
  >
> {
  const listVisibleTasks = createListVisibleTasks({ tasks, permissions });

  /** The task, if the user may watch it. */
  async function taskOf(actor: Actor, id: string): Promise<TaskView> {
    const task = await tasks.get(id);
    if (!task) throw new RowlockError('not_found', `No task ${id} is known; it may be long gone.`);
    await permissions.require({ actor, action: 'watch', task });
    return task;
  }

  return {
    listTasks: async ({ actor, query }) => ({
      status: 200,
      body: await listVisibleTasks(actor, withoutAbsent(query)),
    }),

    getTask: async ({ actor, params }) => ({ status: 200, body: { task: await taskOf(actor, params.id) } }),

    async listTaskFailures({ actor, params }) {
      const { id } = await taskOf(actor, params.id);
      return { status: 200, body: await tasks.failures(id) };
    },

    async getTaskLog({ actor, params }) {
      const { id } = await taskOf(actor, params.id);
      return { status: 200, body: { lines: await tasks.log(id) } };
    },

    cancelTask: async ({ actor, params }) => ({
      status: 202,
      body: { task: await tasks.cancel(params.id, { actor }) },
    }),

    async retryTask({ actor, params, body: { onlyFailed = false } }) {
      await taskOf(actor, params.id);
      return { status: 202, body: await tasks.retry(params.id, { actor, onlyFailed }) };
    },

    async previewTask({ actor, body: { task, input } }) {
      const definition = definitions.get(task);
      if (!definition) {
        throw new RowlockError(
          'not_found',
          `No task with the name "${task}" can be launched here. Check the name.`,
        );
      }
      return { status: 200, body: await tasks.preview(definition, input as never, { actor }) };
    },
  };
}
