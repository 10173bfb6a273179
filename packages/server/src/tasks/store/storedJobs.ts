/** The job of a task, as its launch stored it. It is added again if the queue does not have it. */
import type { Redis } from 'ioredis';
import { askRedis } from '../../redis/askRedis.ts';
import type { Keys } from '../../redis/keys.ts';
import type { JobOptions, TaskJob } from './queue.ts';

export interface StoredJobs {
  /** Undefined if the task is unknown or runs without a job. */
  find(taskId: string): Promise<TaskJob | undefined>;
  /** A task that ran without a job continues with one. */
  makeQueued(taskId: string): Promise<void>;
}

export const createStoredJobs = (redis: Redis, keys: Keys): StoredJobs => ({
  async find(taskId) {
    const values = await askRedis(() =>
      redis.hmget(keys.task(taskId), 'name', 'input', 'opts', 'notBefore', 'inline', 'trace'),
    );
    const [name, input, opts, notBefore, inline, trace] = values;
    if (!name || !input || !opts || inline) return undefined;
    const { attempts, backoffMs, priority } = JSON.parse(opts) as JobOptions;
    // By this process's clock, as the queue does.
    const delayMs = notBefore ? Math.max(0, Number(notBefore) - Date.now()) : 0;
    return {
      taskId,
      name,
      data: { input: JSON.parse(input) as unknown, ...(trace && { trace }) },
      attempts,
      backoffMs,
      delayMs,
      ...(priority !== undefined && { priority }),
    };
  },

  async makeQueued(taskId) {
    await askRedis(() => redis.hdel(keys.task(taskId), 'inline'));
  },
});
