/** Reads tasks from Redis. Launches (launchStore.ts), attempts (attemptStore.ts) and the reconciler write them. */
import type { TaskState, TaskView } from '@rowlock/protocol';
import type { Redis } from 'ioredis';
import { asRowlockError } from '../../redis/connection.ts';
import type { Keys } from '../../redis/keys.ts';
import { readView, VIEW_FIELDS } from './taskHash.ts';

export type FinalState = Extract<TaskState, 'completed' | 'failed' | 'cancelled'>;

/** The end of a task that the reconciler settles. */
export interface TaskEnd {
  state: FinalState;
  error?: string;
}

export interface TaskStore {
  get(taskId: string): Promise<TaskView | undefined>;
  getMany(taskIds: readonly string[]): Promise<TaskView[]>;
}

/** Whether an attempt at the task has begun. Undefined if it is unknown. @throws {UnavailableError} */
export async function hasTaskStarted(redis: Redis, keys: Keys, taskId: string): Promise<boolean | undefined> {
  try {
    const attempt = await redis.hget(keys.task(taskId), 'attempt');
    return attempt === null ? undefined : attempt !== '0';
  } catch (error) {
    throw asRowlockError(error);
  }
}

export function createTaskStore(redis: Redis, keys: Keys): TaskStore {
  async function getMany(taskIds: readonly string[]): Promise<TaskView[]> {
    if (taskIds.length === 0) return [];
    const pipeline = redis.pipeline();
    pipeline.hget(keys.meta, 'firstFence');
    for (const id of taskIds) pipeline.hmget(keys.task(id), ...VIEW_FIELDS);
    const replies = await pipeline.exec().catch((error: unknown) => {
      throw asRowlockError(error);
    });
    const [firstFence, ...hashes] = (replies ?? []).map(([error, reply]) => {
      if (error) throw asRowlockError(error);
      return reply;
    });
    return hashes.flatMap((values, i) => {
      const task = readView(taskIds[i]!, values as (string | null)[]);
      // The version of a task that has not changed in this epoch is above all versions of earlier epochs.
      return task ? { ...task, version: Math.max(task.version, Number(firstFence)) } : [];
    });
  }

  return {
    get: async (taskId) => (await getMany([taskId]))[0],
    getMany,
  };
}
