/** The BullMQ worker of a namespace: takes jobs, checks each against its task and lease, and runs an attempt. */
import { DelayedError, type Job, UnrecoverableError, WaitingError, Worker } from 'bullmq';
import type { Clock } from '../clock.ts';
import { UnavailableError } from '../errors.ts';
import { issueInWords } from '../issueInWords.ts';
import { newSecret } from '../locks/claims.ts';
import { runUnder } from '../locks/currentLease.ts';
import type { LockRegistry } from '../locks/lockRegistry.ts';
import type { Logger } from '../logger.ts';
import { asRowlockError, openWorker, type RedisTarget } from '../redis/connection.ts';
import { keysOf } from '../redis/keys.ts';
import { AttemptStopped, runAttempt } from './attempt.ts';
import { attemptLease } from './attemptLease.ts';
import type { TaskDefinition } from './defineTask.ts';
import { type JobData, QUEUE_NAME } from './queue.ts';
import type { TaskStore } from './taskStore.ts';

// A killed worker's job comes back after at most LOCK + STALLED_INTERVAL; BullMQ's defaults make that a minute.
const LOCK_DURATION_MS = 10_000;
const STALLED_INTERVAL_MS = 5_000;
/** How often a job may lose its worker before it is given up. */
const MAX_STALLS = 5;
const POSTPONE_MS = 1_000;
const DEFAULT_CLOSE_TIMEOUT_MS = 4_000;
const REDIS_CLOSE_LIMIT_MS = 1_000;

export interface WorkerOptions {
  /** Tasks that run at once in this process. Default 1 */
  concurrency?: number;
}

export interface TaskWorker {
  /**
   * Takes no further task and waits for the running ones; those that have not ended after `timeoutMs` (default
   * 4,000) are told to stop and go back to the queue with their locks kept.
   */
  close(timeoutMs?: number): Promise<void>;
}

export async function startWorker(
  deps: {
    target: RedisTarget;
    namespace: string;
    store: TaskStore;
    registry: LockRegistry;
    definitions: ReadonlyMap<string, TaskDefinition>;
    clock: Clock;
    logger: Logger;
  },
  { concurrency = 1 }: WorkerOptions = {},
): Promise<TaskWorker> {
  const { target, namespace, store, registry, definitions, clock, logger } = deps;
  const shutdown = new AbortController();

  /** Tasks that run in this process. BullMQ tracks a job's lock by its id alone, so one id must not run here twice. */
  const running = new Set<string>();

  async function process(job: Job<JobData>, token?: string, jobSignal?: AbortSignal): Promise<void> {
    if (running.has(job.id!)) return postpone(job, token);
    running.add(job.id!);
    try {
      await attemptJob(job, token, jobSignal);
    } catch (error) {
      // That Redis could not be asked says nothing of the task: it is tried again, and no attempt is counted.
      if (error instanceof UnavailableError) return await postpone(job, token);
      throw error;
    } finally {
      running.delete(job.id!);
    }
  }

  async function postpone(job: Job<JobData>, token?: string): Promise<never> {
    await job.moveToDelayed(Date.now() + POSTPONE_MS, token);
    throw new DelayedError();
  }

  async function attemptJob(job: Job<JobData>, token?: string, jobSignal?: AbortSignal): Promise<void> {
    const taskId = job.id!;
    const secret = newSecret();
    const started = await store.start(taskId, job.attemptsStarted, secret);
    switch (started.kind) {
      case 'over':
        // It has come to its end already: by a cancel request, or by an attempt that died before it told the queue.
        return;
      case 'unknown':
        throw new UnrecoverableError(
          `No task ${taskId} is known: it was not launched by Rowlock, or is long gone.`,
        );
      case 'superseded':
        throw new Error('A later attempt at this task has begun.');
      case 'started':
    }
    const { leaseId, fence, ttlMs, attempt } = started;
    const proof = { by: 'attempt', secret } as const;
    const definition = definitions.get(job.name);
    if (!definition) {
      const error = `This worker does not know the task "${job.name}".`;
      await store.end(taskId, proof, { state: 'failed', error });
      throw new UnrecoverableError(error);
    }
    const input = definition.input.safeParse(job.data.input);
    if (!input.success) {
      const error = `Its input is not what "${job.name}" takes: ${issueInWords(input.error)}`;
      await store.end(taskId, proof, { state: 'failed', error });
      throw new UnrecoverableError(error);
    }

    const [task, coverage] = await Promise.all([store.get(taskId), registry.coverageOf([leaseId])]);
    const jobLost = new AbortController();
    jobSignal?.addEventListener('abort', () => jobLost.abort(new AttemptStopped('lease lost')), {
      once: true,
    });
    const records = coverage.get(leaseId)?.records ?? [];
    const outcome = await runAttempt({
      store,
      clock,
      logger,
      definition,
      task: { id: taskId, actor: task!.actor, records },
      lease: { leaseId, secret, fence, ttlMs },
      attempt,
      isLastAttempt: job.attemptsMade + 1 >= (job.opts.attempts ?? 1),
      input: input.data,
      outerSignal: AbortSignal.any([shutdown.signal, jobLost.signal]),
      runUnderLease(signal, fn) {
        const lease = attemptLease({ registry, proof: { leaseId, secret }, fence, records, signal });
        return runUnder({ namespace, mode: definition.mode ?? 'exclusive', lease }, fn);
      },
    });
    switch (outcome.kind) {
      case 'completed':
        return;
      case 'cancelled':
        throw new UnrecoverableError('cancelled');
      case 'failed':
        throw new UnrecoverableError(messageOf(outcome.error));
      case 'retry':
        throw outcome.error instanceof Error ? outcome.error : new Error(messageOf(outcome.error));
      case 'shutdown':
        await job.moveToWait(token);
        throw new WaitingError();
      case 'lost':
        // Another attempt has taken over, or may: if the job is still ours, its next start finds out.
        return postpone(job, token);
    }
  }

  const redis = openWorker(target);
  const keys = keysOf(namespace);
  const worker = new Worker<JobData>(QUEUE_NAME, process, {
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
  redis.on('ready', () => {
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
    for (const id of ids) worker.cancelJob(id, 'lock lost');
  });
  await worker.waitUntilReady();
  worker.run().catch((error: unknown) => logger.error('the task worker has stopped', error));

  return {
    async close(timeoutMs = DEFAULT_CLOSE_TIMEOUT_MS) {
      const cancelStop = clock.after(timeoutMs, () => shutdown.abort(new AttemptStopped('shutdown')));
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
      redis.disconnect();
    },
  };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
