/** The BullMQ queue of a namespace: where its jobs are, and the few questions that Rowlock asks it. */
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { UnavailableError } from '../../errors.ts';
import { asRowlockError } from '../../redis/connection.ts';
import type { Keys } from '../../redis/keys.ts';

export const QUEUE_NAME = 'tasks';

/** BullMQ's jobs stay for a while, for its own tools; what Rowlock shows of a task it keeps itself. */
const JOBS_KEPT = 200;
const CALL_TIMEOUT_MS = 3_000;
const UNFINISHED = ['wait', 'prioritized', 'delayed', 'active', 'waiting-children'] as const;

/** What became of a job: `open` while it waits, is delayed or runs. */
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
  /** 1 is taken first; without one it is taken before all that have one, as BullMQ does it */
  priority?: number;
}

export interface TaskJob extends JobOptions {
  taskId: string;
  name: string;
  data: JobData;
  /** Not started before so many ms have passed */
  delayMs: number;
}

export interface TaskQueue {
  /** Its connection: what is sent on it comes in order with the jobs that are added */
  redis: Redis;
  /**
   * A job that is there already stays as it is.
   * @throws {UnavailableError} where Redis did not answer; the job may be there all the same
   */
  add(job: TaskJob): Promise<void>;
  getFate(taskId: string): Promise<JobFate>;
  /** The ids of all jobs that wait, are delayed or run, in one atomic look. */
  unfinished(): Promise<Set<string>>;
  /** Removes a job that waits; false where it runs right now. */
  remove(taskId: string): Promise<boolean>;
  countWorkers(): Promise<number>;
  /** Whether it is paused, by `queue.pause()` or a board. */
  isPaused(): Promise<boolean>;
  close(): Promise<void>;
}

/** On a connection of the caller's. */
export function openQueue(redis: Redis, keys: Keys): TaskQueue {
  // Now, not at first use: BullMQ waits for a connection that is being made, and gives up for ever on one that failed.
  if (redis.status === 'wait') redis.connect().catch(() => {});
  const queue = new Queue<JobData, unknown, string, JobData, unknown, string>(QUEUE_NAME, {
    connection: redis,
    prefix: keys.bullPrefix,
    defaultJobOptions: { removeOnComplete: { count: JOBS_KEPT }, removeOnFail: { count: JOBS_KEPT } },
  });
  // Without a listener an unreachable Redis would end the process; each call reports for itself.
  queue.on('error', () => {});

  async function call<T>(command: Promise<T>): Promise<T> {
    try {
      // A connection that is there has its own limit for each command; one that is not, BullMQ would wait for.
      return await (redis.status === 'ready' ? command : inTime(command));
    } catch (error) {
      throw asRowlockError(error);
    }
  }

  async function inTime<T>(command: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new UnavailableError(new Error('The queue did not answer'))),
        CALL_TIMEOUT_MS,
      );
    });
    try {
      return await Promise.race([command, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    redis,

    async add({ taskId, name, data, attempts, backoffMs, delayMs, priority }) {
      await call(
        queue.add(name, data, {
          jobId: taskId,
          // Each option costs at every step of the job.
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
            reason: job?.failedReason ?? 'It failed, and the queue does not say why.',
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
      // BullMQ waits for a server that may have gone, and has nothing to tell it.
      if (redis.status === 'ready') await closed;
    },
  };
}
