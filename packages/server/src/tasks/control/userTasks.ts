/**
 * The requests of users about tasks, over the live channel and over HTTP. `authorize` is asked about everything, and a task that
 * the user may not watch is refused.
 */
import { createHash } from 'node:crypto';
import type {
  Actor,
  Launched,
  launchBodySchema,
  Preview,
  previewBodySchema,
  retryBodySchema,
  TaskView,
} from '@rowlock/protocol';
import type { z } from 'zod';
import { RowlockError } from '../../errors.ts';
import type { Permissions } from '../../permissions.ts';
import { withoutAbsent } from '../../withoutAbsent.ts';
import type { TaskDefinition } from '../definition/defineTask.ts';
import type { Launcher } from '../launch/launch.ts';
import type { PreviewTask } from '../launch/preview.ts';
import type { TaskStore } from '../store/taskStore.ts';
import type { Cancel } from './cancel.ts';
import type { RetryTask } from './retryTask.ts';

export interface UserTasks {
  /** @throws {RowlockError} `not_found`, `forbidden` */
  get(actor: Actor, taskId: string): Promise<TaskView>;
  /** @throws as `tasks.launch`; {RowlockError} `not_found` if no task has that name */
  launch(actor: Actor, request: z.output<typeof launchBodySchema>): Promise<Launched>;
  /** @throws as `tasks.preview`; {RowlockError} `not_found` if no task has that name */
  preview(actor: Actor, request: z.output<typeof previewBodySchema>): Promise<Preview>;
  /** @throws as `tasks.retry`; {RowlockError} `forbidden` if the user may not watch the task */
  retry(actor: Actor, taskId: string, request: z.output<typeof retryBodySchema>): Promise<Launched>;
  /** @throws {RowlockError} `not_found`, `forbidden` */
  cancel(actor: Actor, taskId: string): Promise<TaskView>;
}

export function createUserTasks({
  store,
  launcher,
  preview,
  retry,
  cancel,
  definitions,
  permissions,
}: {
  store: Pick<TaskStore, 'get'>;
  launcher: Pick<Launcher, 'launch'>;
  preview: PreviewTask;
  retry: RetryTask;
  cancel: Cancel;
  definitions: ReadonlyMap<string, TaskDefinition>;
  permissions: Pick<Permissions, 'require'>;
}): UserTasks {
  function definitionOf(name: string): TaskDefinition {
    const definition = definitions.get(name);
    if (definition) return definition;
    throw new RowlockError(
      'not_found',
      `No task with the name "${name}" can be launched here. Check the name.`,
    );
  }

  async function get(actor: Actor, taskId: string): Promise<TaskView> {
    const task = await store.get(taskId);
    if (!task) throw new RowlockError('not_found', `No task ${taskId} is known; it may be long gone.`);
    await permissions.require({ actor, action: 'watch', task });
    return task;
  }

  return {
    get,
    async launch(actor, { task, input, idempotencyKey, ...options }) {
      return launcher.launch(definitionOf(task), input, {
        ...withoutAbsent(options),
        ...keyOf(actor, idempotencyKey),
        actor,
      });
    },
    preview: async (actor, { task, input }) => preview(definitionOf(task), input, { actor }),
    async retry(actor, taskId, { idempotencyKey, ...options }) {
      await get(actor, taskId);
      return retry(taskId, { ...withoutAbsent(options), ...keyOf(actor, idempotencyKey), actor });
    },
    cancel: (actor, taskId) => cancel(taskId, { actor }),
  };
}

/** A user's keys are their own: they meet neither those of another user, nor those of the application. */
const keyOf = ({ id }: Actor, key: string | undefined): { idempotencyKey?: string } =>
  key === undefined
    ? {}
    : {
        idempotencyKey: `user:${createHash('sha256')
          .update(JSON.stringify([id, key]))
          .digest('base64url')}`,
      };
