/** Finds the task of an earlier launch with the same idempotency key, and completes that launch if its launcher crashed. */
import type { Actor, Launched } from '@rowlock/protocol';
import type { Permissions } from '../../permissions.ts';
import type { TaskDefinition } from '../definition/defineTask.ts';
import type { IdempotencyKeys } from '../store/idempotencyKeys.ts';
import type { TaskQueue } from '../store/queue.ts';
import type { StoredJobs } from '../store/storedJobs.ts';
import type { TaskStore } from '../store/taskStore.ts';
import type { LaunchOptions } from './launchOptions.ts';
import { scopeKey } from './newTask.ts';

export interface EarlierLaunches {
  /** By the key in the options. Undefined without a key, or if it has no task. @throws {RowlockError} `forbidden` */
  find(definition: TaskDefinition, options: LaunchOptions): Promise<Launched | undefined>;
  /** By the task that has the key. Undefined if it was deleted meanwhile. @throws {RowlockError} `forbidden` */
  join(taskId: string, actor: Actor): Promise<Launched | undefined>;
}

export function createEarlierLaunches({
  store,
  idempotencyKeys,
  jobs,
  queue,
  permissions,
}: {
  store: TaskStore;
  idempotencyKeys: IdempotencyKeys;
  jobs: StoredJobs;
  queue: TaskQueue;
  permissions: Permissions;
}): EarlierLaunches {
  async function join(taskId: string, actor: Actor): Promise<Launched | undefined> {
    const task = await store.get(taskId);
    if (!task) return undefined;
    if (task.actor.id !== actor.id) await permissions.require({ actor, action: 'watch', task });
    // Its launcher may have crashed before it added the job. Then this launch adds it.
    if (task.state === 'queued' && task.attempt === 0) {
      const job = await jobs.find(taskId);
      if (job) await queue.add(job);
    }
    return { task, skipped: [], conflicts: [], conflictCount: 0 };
  }

  return {
    async find({ name }, { idempotencyKey, actor }) {
      if (idempotencyKey === undefined) return undefined;
      const taskId = await idempotencyKeys.findHolder(scopeKey(name, idempotencyKey));
      return taskId === undefined ? undefined : join(taskId, actor);
    },
    join,
  };
}
