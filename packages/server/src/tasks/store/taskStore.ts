/** Reads tasks from Redis. What writes them belongs to launching (launchStore.ts), to attempts and to the reconciler. */
import type { TaskState, TaskView } from '@rowlock/protocol';
import type { Redis } from 'ioredis';
import { asRowlockError } from '../../redis/connection.ts';
import type { Keys } from '../../redis/keys.ts';
import { readView, VIEW_FIELDS } from './taskHash.ts';

export type FinalState = Extract<TaskState, 'completed' | 'failed' | 'cancelled'>;

/** How a task ends that is settled from outside. */
export interface TaskEnd {
  state: FinalState;
  error?: string;
}

export interface TaskStore {
  get(taskId: string): Promise<TaskView | undefined>;
  getMany(taskIds: readonly string[]): Promise<TaskView[]>;
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
      // A task that has not changed in this epoch is newer than all that was told of it in earlier ones.
      return task ? { ...task, version: Math.max(task.version, Number(firstFence)) } : [];
    });
  }

  return {
    get: async (taskId) => (await getMany([taskId]))[0],
    getMany,
  };
}
