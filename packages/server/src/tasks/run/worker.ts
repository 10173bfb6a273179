/** The BullMQ worker of a namespace: its connection, its limits, its troubles and its end. */
import { Worker } from 'bullmq';
import type { Connections } from '../../connections.ts';
import { assertDuration, assertDurationSetting } from '../../durations.ts';
import { UnavailableError } from '../../errors.ts';
import { asRowlockError, connect, type RedisTarget } from '../../redis/connection.ts';
import { onConnection } from '../../redis/connectionEvents.ts';
import { keysOf } from '../../redis/keys.ts';
import { type AttemptEnd, type AttemptSecret, createAttemptStore } from '../store/attemptStore.ts';
import { type JobData, QUEUE_NAME } from '../store/queue.ts';
import { startThreadHeartbeats } from './heartbeat/threadHeartbeats.ts';
import { createJobRunner, type JobRunnerDeps } from './jobRunner.ts';

// A killed worker's job comes back after at most LOCK + 2 × STALLED_INTERVAL, which is to be less than 15 s (BullMQ's defaults
// make it over a minute). Twice, since a worker that looks a hair before the key of its last look has lapsed does nothing:
// in one of 28 looks of a worker alone, and more often where the last look was another's.
const LOCK_DURATION_MS = 10_000;
const STALLED_INTERVAL_MS = 2_000;
/** Crashes are counted by task, in start.lua: the queue cannot tell a task that crashes its worker from those beside it. */
const MAX_STALLS = Number.MAX_SAFE_INTEGER;
const DEFAULT_CLOSE_TIMEOUT_MS = 4_000;
const DEFAULT_MAX_HANG_MS = 60_000;
const REDIS_CLOSE_LIMIT_MS = 1_000;

export interface WorkerOptions {
  /** Tasks that run at once in this process. Default 1 */
  concurrency?: number;
  /**
   * How long a run may compute without letting the event loop turn, in ms, before its task is given to another worker.
   * Default 60,000
   */
  maxHangMs?: number;
}

export interface TaskWorker {
  /** Somebody has asked this task to stop: where it runs here, it is told at once. */
  nudge(taskId: string): void;
  /**
   * Takes no further task and waits for the running ones; those that have not ended after `timeoutMs` (default
   * 4,000) are told to stop and go back to the queue with their locks kept.
   */
  close(timeoutMs?: number): Promise<void>;
}

export async function startWorker(
  deps: { openWorker: Connections['openWorker']; target: RedisTarget } & Omit<
    JobRunnerDeps,
    'sendEnd' | 'threadHeartbeats' | 'onAlone'
  > & {
      /** Whether the worker is wanted no more: it then takes no job */
      isClosed(): boolean;
    },
  { concurrency = 1, maxHangMs = DEFAULT_MAX_HANG_MS }: WorkerOptions = {},
): Promise<TaskWorker> {
  assertDurationSetting('maxHangMs', maxHangMs, { mayBeEndless: true });
  const { target, namespace, clock, logger } = deps;
  const { redis, end } = deps.openWorker();
  try {
    // First of all: BullMQ gives up for ever on a connection whose first try failed.
    await connect(redis);
  } catch (error) {
    end();
    throw error;
  }
  const keys = keysOf(namespace);
  const ordered = createAttemptStore(redis, keys);
  const threadHeartbeats = startThreadHeartbeats({
    target,
    namespace,
    concurrency,
    maxHangMs,
    lockDurationMs: LOCK_DURATION_MS,
    clock,
    logger,
  });

  /**
   * The queue is told over the same connection, so Redis runs the end first: no job is done whose task has not ended. Where
   * this process dies in between, the job comes back and finds its task ended. Where Redis runs the one and not the other
   * (it has lost our script but not the queue's, or is out of memory), the reconciler finds the job done, and ends the task.
   */
  function sendEnd(secret: AttemptSecret, end: AttemptEnd): boolean {
    if (redis.status !== 'ready') return false;
    ordered
      .end(secret, end)
      .catch((error: unknown) =>
        logger.warn(
          `task ${secret.taskId}: its end did not get through; the reconciler will see to it`,
          error,
        ),
      );
    return true;
  }

  let isClosing = false;
  function onAlone(isAlone: boolean): void {
    // What is under way goes on; only no further job is fetched.
    if (isAlone) void worker.pause(true);
    else if (!isClosing) void worker.resume();
  }

  const jobs = createJobRunner({ ...deps, sendEnd, threadHeartbeats, onAlone });
  const worker = new Worker<JobData>(QUEUE_NAME, jobs.run, {
    connection: redis,
    prefix: keys.bullPrefix,
    concurrency,
    lockDuration: LOCK_DURATION_MS,
    stalledInterval: STALLED_INTERVAL_MS,
    maxStalledCount: MAX_STALLS,
    autorun: false,
  });
  // Said once an outage: BullMQ reports every attempt to reconnect.
  let isTroubled = false;
  const stopListening = onConnection(redis, 'ready', () => {
    isTroubled = false;
  });
  worker.on('error', (error) => {
    const cause = asRowlockError(error);
    if (!(cause instanceof UnavailableError)) logger.warn('the task worker reports', cause);
    else if (!isTroubled)
      logger.warn('the task worker cannot reach its queue; it goes on when it can', cause);
    isTroubled ||= cause instanceof UnavailableError;
  });
  // BullMQ tracks renewal by job id alone: without this, a run whose job was given to another goes on unawares.
  worker.on('lockRenewalFailed', (ids) => {
    for (const id of ids) jobs.takeAway(id);
  });

  async function close(timeoutMs = DEFAULT_CLOSE_TIMEOUT_MS): Promise<void> {
    assertDuration('timeoutMs', timeoutMs, { mayBeEndless: true });
    isClosing = true;
    const cancelStop = clock.after(timeoutMs, jobs.shutDown);
    const closed = worker
      .close()
      .catch((error: unknown) => logger.warn('the task worker did not close well', error));
    // BullMQ waits for Redis, however long; the queue finds a stalled job all the same.
    let cancelLimit = () => {};
    await Promise.race([
      closed,
      new Promise<void>((resolve) => {
        cancelLimit = clock.after(timeoutMs + REDIS_CLOSE_LIMIT_MS, resolve);
      }),
    ]);
    cancelStop();
    cancelLimit();
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
