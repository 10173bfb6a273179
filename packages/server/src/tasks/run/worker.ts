/** The BullMQ worker of a namespace: its connection, its limits, its errors and its shutdown. */
import { Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Clock } from '../../clock.ts';
import type { Connections } from '../../connections.ts';
import { assertDuration, assertDurationSetting } from '../../durations.ts';
import type { Logger } from '../../logger.ts';
import { connect, type RedisTarget } from '../../redis/connection.ts';
import { keysOf } from '../../redis/keys.ts';
import { type AttemptStore, createAttemptStore } from '../store/attemptStore.ts';
import { type JobData, QUEUE_NAME } from '../store/queue.ts';
import { startThreadHeartbeats } from './heartbeat/threadHeartbeats.ts';
import { createJobRunner, type JobRunnerDeps } from './jobRunner.ts';
import { listenToQueue } from './queueListeners.ts';

// The job of a crashed worker returns after at most LOCK + 2 × STALLED_INTERVAL, which must be less than 15 s (with BullMQ's
// defaults it takes over a minute). The interval counts twice: a check does nothing if the key of the last check has not
// expired yet. That is one of 28 checks of a single worker, and more with several workers.
const LOCK_DURATION_MS = 10_000;
const STALLED_INTERVAL_MS = 2_000;
/**
 * Crashes are counted for each task, in startAttempt.lua: the queue cannot tell apart a task that crashes its worker and the
 * tasks beside it.
 */
const MAX_STALLS = Number.MAX_SAFE_INTEGER;
const DEFAULT_CLOSE_TIMEOUT_MS = 4_000;
const DEFAULT_MAX_HANG_MS = 60_000;
const REDIS_CLOSE_LIMIT_MS = 1_000;

export interface WorkerOptions {
  /** The most tasks that run at once in this process. Default 1 */
  concurrency?: number;
  /**
   * How long a run may block the event loop, in ms, before another worker takes over its task. Default 60,000
   */
  maxHangMs?: number;
}

export interface TaskWorker {
  /** A cancel of this task was requested. If it runs here, it stops at once. */
  nudge(taskId: string): void;
  /**
   * Fetches no other task and waits for the running ones. Tasks that have not ended after `timeoutMs` (default 4,000) are
   * stopped, keep their locks, and return to the queue.
   */
  close(timeoutMs?: number): Promise<void>;
}

export async function startWorker(
  deps: { openWorker: Connections['openWorker']; target: RedisTarget } & Omit<
    JobRunnerDeps,
    'sendEnd' | 'threadHeartbeats' | 'onAlone'
  > & {
      /** Whether the worker was closed meanwhile: then it fetches no job */
      isClosed(): boolean;
    },
  { concurrency = 1, maxHangMs = DEFAULT_MAX_HANG_MS }: WorkerOptions = {},
): Promise<TaskWorker> {
  assertDurationSetting('maxHangMs', maxHangMs, { mayBeEndless: true });
  const { target, namespace, clock, logger } = deps;
  const { redis, end } = deps.openWorker();
  try {
    // This comes first, since BullMQ never retries a connection whose first attempt failed.
    await connect(redis);
  } catch (error) {
    end();
    throw error;
  }
  const keys = keysOf(namespace);
  const threadHeartbeats = startThreadHeartbeats({
    target,
    namespace,
    concurrency,
    maxHangMs,
    lockDurationMs: LOCK_DURATION_MS,
    clock,
    logger,
  });

  let isClosing = false;
  function onAlone(isAlone: boolean): void {
    // Running jobs continue. The worker only fetches no other job.
    if (isAlone) void worker.pause(true);
    else if (!isClosing) void worker.resume();
  }

  const jobs = createJobRunner({
    ...deps,
    sendEnd: createSendEnd(redis, createAttemptStore(redis, keys), logger),
    threadHeartbeats,
    onAlone,
  });
  const worker = new Worker<JobData>(QUEUE_NAME, jobs.run, {
    connection: redis,
    prefix: keys.bullPrefix,
    concurrency,
    lockDuration: LOCK_DURATION_MS,
    stalledInterval: STALLED_INTERVAL_MS,
    maxStalledCount: MAX_STALLS,
    autorun: false,
  });
  const stopListening = listenToQueue(worker, { redis, logger, onJobLost: jobs.takeAway });

  async function close(timeoutMs = DEFAULT_CLOSE_TIMEOUT_MS): Promise<void> {
    assertDuration('timeoutMs', timeoutMs, { mayBeEndless: true });
    isClosing = true;
    const cancelStop = clock.after(timeoutMs, jobs.shutDown);
    await closeInTime(worker, timeoutMs + REDIS_CLOSE_LIMIT_MS, { clock, logger });
    cancelStop();
    threadHeartbeats.close();
    stopListening();
    end();
  }

  try {
    await worker.waitUntilReady();
  } catch (error) {
    await close(0);
    throw error;
  }
  if (!deps.isClosed())
    worker.run().catch((error: unknown) => logger.error('the task worker has stopped', error));
  return { nudge: jobs.nudge, close };
}

/**
 * The queue gets its answer over the same connection, so Redis ends the task first: no job is completed before its task.
 * If this process crashes in between, the job returns and finds that its task has ended. If Redis runs only the second
 * command (it has lost our script, or is out of memory), the reconciler finds the completed job, and ends the task.
 */
function createSendEnd(redis: Redis, attempts: AttemptStore, logger: Logger): JobRunnerDeps['sendEnd'] {
  return (secret, end) => {
    if (redis.status !== 'ready') return false;
    attempts
      .end(secret, end)
      .catch((error: unknown) =>
        logger.warn(`task ${secret.taskId}: its end could not be sent. The reconciler ends it`, error),
      );
    return true;
  };
}

/** BullMQ would wait for Redis without a limit. The queue finds a stalled job anyway. */
async function closeInTime(
  worker: Worker<JobData>,
  limitMs: number,
  { clock, logger }: { clock: Clock; logger: Logger },
): Promise<void> {
  const closed = worker
    .close()
    .catch((error: unknown) =>
      logger.warn('the task worker did not close without an error. Its jobs return to the queue', error),
    );
  let cancelLimit = () => {};
  const limit = new Promise<void>((resolve) => {
    cancelLimit = clock.after(limitMs, resolve);
  });
  await Promise.race([closed, limit]);
  cancelLimit();
}
