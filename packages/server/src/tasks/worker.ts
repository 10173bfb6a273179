/** The BullMQ worker of a namespace: takes jobs, checks each against its task and lease, and runs an attempt. */
import { DelayedError, type Job, UnrecoverableError, WaitingError, Worker } from 'bullmq';
import type { Clock } from '../clock.ts';
import { UnavailableError } from '../errors.ts';
import { issueInWords } from '../issueInWords.ts';
import { newSecret } from '../locks/claims.ts';
import type { LockRegistry } from '../locks/lockRegistry.ts';
import type { Logger } from '../logger.ts';
import { asRowlockError, openWorker, type RedisTarget } from '../redis/connection.ts';
import { keysOf } from '../redis/keys.ts';
import { tracedRun } from '../telemetry/tracedTasks.ts';
import type { Tracing } from '../telemetry/tracing.ts';
import { type AttemptOutcome, type LaunchChild, type RunningAttempt, runAttempt } from './attempt.ts';
import {
  type AttemptEnd,
  type AttemptProof,
  type AttemptStore,
  createAttemptStore,
  type StartedAttempt,
} from './attemptStore.ts';
import { boundedText, errorText } from './boundedText.ts';
import type { TaskDefinition } from './defineTask.ts';
import { startStandIns } from './heartbeat/standIn.ts';
import { type JobData, QUEUE_NAME } from './queue.ts';
import { queueError } from './queueError.ts';
import type { FinalState } from './taskStore.ts';

// A killed worker's job comes back after at most LOCK + 2 × STALLED_INTERVAL, which is to be less than 15 s (BullMQ's defaults
// make it over a minute). Twice, since a worker that looks a hair before the key of its last look has lapsed does nothing:
// in one of 28 looks of a worker alone, and more often where the last look was another's.
const LOCK_DURATION_MS = 10_000;
const STALLED_INTERVAL_MS = 2_000;
/** How often a job may lose its worker before it is given up. */
const MAX_STALLS = 5;
const POSTPONE_MS = 1_000;
/** So often a job without a task is looked at again. */
const UNKNOWN_STARTS = 3;
const DEFAULT_CLOSE_TIMEOUT_MS = 4_000;
const DEFAULT_MAX_HANG_MS = 60_000;
const REDIS_CLOSE_LIMIT_MS = 1_000;
const MAX_ISSUE_LENGTH = 300;

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
  deps: {
    target: RedisTarget;
    namespace: string;
    tracing: Tracing;
    attempts: AttemptStore;
    registry: LockRegistry;
    definitions: ReadonlyMap<string, TaskDefinition>;
    launchChild: LaunchChild;
    clock: Clock;
    logger: Logger;
  },
  { concurrency = 1, maxHangMs = DEFAULT_MAX_HANG_MS }: WorkerOptions = {},
): Promise<TaskWorker> {
  const { target, namespace, tracing, attempts, registry, definitions, launchChild, clock, logger } = deps;
  const redis = openWorker(target);
  const keys = keysOf(namespace);
  const ordered = createAttemptStore(redis, keys);
  const standIns = startStandIns({
    target,
    namespace,
    concurrency,
    maxHangMs,
    lockDurationMs: LOCK_DURATION_MS,
    clock,
    logger,
  });
  let isShutDown = false;

  /** Tasks that run in this process. BullMQ tracks a job's lock by its id alone, so one id must not run here twice. */
  const running = new Map<string, RunningAttempt | undefined>();

  /** What a run returns is kept with its task; the queue gets nothing of it. */
  async function process(job: Job<JobData>, token?: string): Promise<null> {
    if (running.has(job.id!)) return postpone(job, token);
    running.set(job.id!, undefined);
    try {
      await attemptJob(job, token);
      return null;
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

  async function attemptJob(job: Job<JobData>, token?: string): Promise<void> {
    const taskId = job.id!;
    const outcome = await attempts.start(taskId, job.attemptsStarted, newSecret());
    switch (outcome.kind) {
      case 'over':
        return closeJob(outcome.state);
      case 'unknown':
        // The job went out right behind its task, and may have come first where Redis had not yet the task's script.
        if (job.attemptsStarted <= UNKNOWN_STARTS) return postpone(job, token);
        throw new UnrecoverableError(
          `No task ${taskId} is known: it was not launched by Rowlock, or is long gone.`,
        );
      case 'superseded':
        throw new Error('A later attempt at this task has begun.');
      case 'started':
        return settleJob(await traced(job, outcome.started, token), job, token);
    }
  }

  const traced = (job: Job<JobData>, started: StartedAttempt, token?: string) =>
    tracedRun(
      tracing,
      { taskId: job.id!, name: job.name, started },
      () => attempt(job, started, token),
      job.data.trace,
    );

  async function attempt(job: Job<JobData>, started: StartedAttempt, token = ''): Promise<AttemptOutcome> {
    const definition = definitions.get(job.name);
    const input = definition && readInput(definition, started.input);
    if (!input?.ok) {
      const error = input?.error ?? `This worker does not know the task "${job.name}".`;
      const end = { state: 'failed', error, progress: { done: 0, total: null } } as const;
      return (await attempts.end(started.proof, end)) ? { kind: 'failed', error } : { kind: 'lost' };
    }
    const standIn = standIns.watch(started, token);
    return runAttempt({
      attempts,
      registry,
      namespace,
      launchChild,
      tellEnd,
      clock,
      logger,
      definition: definition!,
      started,
      isLastAttempt: job.attemptsMade + 1 >= (job.opts.attempts ?? 1),
      input: input.value,
      standIn,
      onRunning(attempt) {
        running.set(job.id!, attempt);
        if (isShutDown) attempt.tellToStop('shutdown');
      },
    }).finally(() => standIn?.end());
  }

  async function settleJob(outcome: AttemptOutcome, job: Job<JobData>, token?: string): Promise<void> {
    switch (outcome.kind) {
      case 'completed':
        return;
      case 'cancelled':
        return closeJob('cancelled');
      case 'failed':
        throw queueError(outcome.error, { isFinal: true });
      case 'retry':
        throw queueError(outcome.error, { isFinal: false });
      case 'shutdown':
        await job.moveToWait(token);
        throw new WaitingError();
      case 'lost':
        // Another attempt has taken over, or may: if the job is still ours, its next start finds out.
        return postpone(job, token);
    }
  }

  /**
   * The queue is told over the same connection, so Redis runs the end first: no job is done whose task has not ended. Where
   * this process dies in between, the job comes back and finds its task ended. Where Redis runs the one and not the other
   * (it has lost our script but not the queue's, or is out of memory), the reconciler finds the job done, and ends the task.
   */
  function tellEnd(proof: AttemptProof, end: AttemptEnd): boolean {
    if (redis.status !== 'ready') return false;
    ordered
      .end(proof, end)
      .catch((error: unknown) =>
        logger.warn(
          `task ${proof.taskId}: its end did not get through; the reconciler will see to it`,
          error,
        ),
      );
    return true;
  }

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
    for (const id of ids) running.get(id)?.tellToStop('lease lost');
  });
  await worker.waitUntilReady();
  worker.run().catch((error: unknown) => logger.error('the task worker has stopped', error));

  return {
    nudge: (taskId) => running.get(taskId)?.nudge(),
    async close(timeoutMs = DEFAULT_CLOSE_TIMEOUT_MS) {
      const cancelStop = clock.after(timeoutMs, () => {
        isShutDown = true;
        for (const attempt of running.values()) attempt?.tellToStop('shutdown');
      });
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
      await standIns.close();
      redis.disconnect();
    },
  };
}

/**
 * The job of a task that has ended: cancelled before it could start, or ended by an attempt that died before it told the
 * queue, or sent back into the queue by hand. It is shown as its task has ended.
 */
function closeJob(state: FinalState): void {
  if (state === 'completed') return;
  throw new UnrecoverableError(
    `This task has ended as ${state}. Launch it again with tasks.retry, which makes a new task.`,
  );
}

function readInput(
  definition: TaskDefinition,
  raw: unknown,
): { ok: true; value: unknown } | { ok: false; error: string } {
  let issue: string;
  try {
    const input = definition.input.safeParse(raw);
    if (input.success) return { ok: true, value: input.data };
    issue = issueInWords(input.error);
  } catch (error) {
    issue = `: ${errorText(error, MAX_ISSUE_LENGTH)}`;
  }
  return {
    ok: false,
    error: `Its input is not what "${definition.name}" takes${boundedText(issue, MAX_ISSUE_LENGTH)}`,
  };
}
