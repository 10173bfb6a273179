/** The BullMQ queue of a namespace, and the few calls that Rowlock makes on it. */
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { UnavailableError } from '../../errors.ts';
import type { Keys } from '../../redis/keys.ts';
import { createQueueCall } from './queueCall.ts';

export const QUEUE_NAME = 'tasks';

/** Ended jobs are kept for a while for BullMQ's own tools. Rowlock stores its tasks itself. */
const JOBS_KEPT = 200;
const UNFINISHED = ['wait', 'prioritized', 'delayed', 'active', 'waiting-children'] as const;

/** The fate of a job: `open` while it waits, is delayed or runs. */
export type JobFate =
  | { kind: 'open' }
  | { kind: 'completed' }
  | { kind: 'failed'; reason: string }
  | { kind: 'vanished' };

export interface JobData {
  input: unknown;
  /** The trace of its launch */
  trace?: string;
}

export interface JobOptions {
  attempts: number;
  /** Between two attempts, in ms */
  backoffMs: number;
  /** 1 comes first. As in BullMQ, jobs without a priority come before all others */
  priority?: number;
}

export interface TaskJob extends JobOptions {
  taskId: string;
  name: string;
  data: JobData;
  /** How long the first start is delayed, in ms */
  delayMs: number;
}

export interface TaskQueue {
  /** Its connection. Commands on it are in order with the jobs that are added */
  redis: Redis;
  /**
   * An existing job is unchanged.
   * @throws {UnavailableError} if Redis did not answer. The job may have been added
   */
  add(job: TaskJob): Promise<void>;
  getFate(taskId: string): Promise<JobFate>;
  /** The ids of all jobs that wait, are delayed or run, in one atomic read. */
  unfinished(): Promise<Set<string>>;
  /** Removes a waiting job. False if it runs now. */
  remove(taskId: string): Promise<boolean>;
  countWorkers(): Promise<number>;
  /** Whether it is paused, by `queue.pause()` or a board. */
  isPaused(): Promise<boolean>;
  close(): Promise<void>;
}

/** On a connection of the caller's. */
export function openQueue(redis: Redis, keys: Keys): TaskQueue {
  // Now, not on first use: BullMQ waits for a connection that is being made, and never retries one that failed.
  if (redis.status === 'wait') redis.connect().catch(() => {});
  const queue = new Queue<JobData, unknown, string, JobData, unknown, string>(QUEUE_NAME, {
    connection: redis,
    prefix: keys.bullPrefix,
    defaultJobOptions: { removeOnComplete: { count: JOBS_KEPT }, removeOnFail: { count: JOBS_KEPT } },
  });
  // Without a listener an unreachable Redis would end the process. Each call reports its own errors.
  queue.on('error', () => {});
  const call = createQueueCall(redis);

  return {
    redis,

    async add({ taskId, name, data, attempts, backoffMs, delayMs, priority }) {
      await call(
        queue.add(name, data, {
          jobId: taskId,
          // Each option costs time at every step of the job.
          ...(attempts > 1 && { attempts, backoff: { type: 'fixed', delay: backoffMs } }),
          ...(delayMs > 0 && { delay: delayMs }),
          ...(priority !== undefined && { priority }),
        }),
      );
    },

    async getFate(taskId) {
      const state = await call(queue.getJobState(taskId));
      switch (state) {
        case 'unknown':
          return { kind: 'vanished' };
        case 'completed':
          return { kind: 'completed' };
        case 'failed': {
          const job = await call(queue.getJob(taskId));
          return {
            kind: 'failed',
            reason: job?.failedReason ?? 'It failed, and the queue has no reason for it.',
          };
        }
        default:
          return { kind: 'open' };
      }
    },

    unfinished: async () => new Set(await call(queue.getRanges([...UNFINISHED], 0, -1))),

    async remove(taskId) {
      const job = await call(queue.getJob(taskId));
      if (!job) return true;
      try {
        await call(job.remove());
        return true;
      } catch (error) {
        if (error instanceof UnavailableError) throw error;
        return false;
      }
    },

    countWorkers: () => call(queue.getWorkersCount()),
    isPaused: () => call(queue.isPaused()),
    async close() {
      const closed = queue.close().catch(() => {});
      // BullMQ would wait for a server that may be gone, although it has nothing to send.
      if (redis.status === 'ready') await closed;
    },
  };
}
