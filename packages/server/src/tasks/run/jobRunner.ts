/** Runs the jobs of the queue: checks each against its task and lease, runs an attempt, and answers the queue. */
import { DelayedError, type Job, UnrecoverableError, WaitingError } from 'bullmq';
import { boundedText, errorText } from '../../boundedText.ts';
import type { Clock } from '../../clock.ts';
import { UnavailableError } from '../../errors.ts';
import { newSecret } from '../../locks/registry/claims.ts';
import type { LockRegistry } from '../../locks/registry/lockRegistry.ts';
import type { Logger } from '../../logger.ts';
import type { Tracing } from '../../telemetry/tracing.ts';
import type { TaskDefinition } from '../definition/defineTask.ts';
import { type Parsed, parseWith } from '../definition/schema.ts';
import type { AttemptStore, StartedAttempt } from '../store/attemptStore.ts';
import type { JobData } from '../store/queue.ts';
import type { FinalState } from '../store/taskStore.ts';
import { type AttemptOptions, type RunningAttempt, runAttempt } from './attempt.ts';
import type { LaunchChild } from './attemptChildren.ts';
import type { AttemptOutcome } from './attemptEnd.ts';
import type { ThreadHeartbeats } from './heartbeat/threadHeartbeats.ts';
import { queueError } from './queueError.ts';
import { createSeats, type Seat } from './seats.ts';
import { tracedRun } from './tracedRun.ts';

const POSTPONE_MS = 1_000;
/** The number of times that a job without a task is retried. */
const UNKNOWN_STARTS = 3;
/** The number of times that workers without the task's definition leave a job to others: for half a minute at least. */
const STRANGER_STARTS = 30;
/** How long a worker that left a job to others fetches no other job in its place: until after the job is due. */
const STRANGER_PAUSE_MS = POSTPONE_MS + 250;
/** The shortest time between two such pauses, since it has tasks of its own to run. */
const STRANGER_PAUSE_EVERY_MS = 5_000;
const MAX_ISSUE_LENGTH = 300;

export interface JobRunner {
  /** BullMQ's processor. The result of a run is stored with its task, and the queue does not get it. */
  run(job: Job<JobData>, token?: string): Promise<null>;
  /** A cancel of this task was requested. If it runs here, it stops at once. */
  nudge(taskId: string): void;
  /** The queue has given this job to another worker. */
  takeAway(jobId: string): void;
  /** The process shuts down: stops all running attempts, and every later one. */
  shutDown(): void;
}

export interface JobRunnerDeps {
  namespace: string;
  tracing: Tracing;
  attempts: AttemptStore;
  registry: LockRegistry;
  definitions: ReadonlyMap<string, TaskDefinition>;
  launchChild: LaunchChild;
  sendEnd: NonNullable<AttemptOptions['sendEnd']>;
  threadHeartbeats: Pick<ThreadHeartbeats, 'watch'>;
  /** True: one task must run alone here, so fetch no other job. False: fetch jobs again. */
  onAlone(isAlone: boolean): void;
  clock: Clock;
  logger: Logger;
}

export function createJobRunner(deps: JobRunnerDeps): JobRunner {
  const { namespace, tracing, attempts, registry, definitions, launchChild, sendEnd, threadHeartbeats } =
    deps;
  const { clock, logger } = deps;
  const seats = createSeats(deps.onAlone);
  let isShutDown = false;
  let nextPauseMs = 0;
  /** Tasks that run in this process. BullMQ tracks a job's lock by its id alone, so a job must not run twice here. */
  const running = new Map<string, RunningAttempt | undefined>();

  async function postpone(job: Job<JobData>, token?: string): Promise<never> {
    await job.moveToDelayed(Date.now() + POSTPONE_MS, token);
    throw new DelayedError();
  }

  /**
   * Leaves a job to workers that know its task. If this worker fetched a job when it is due, it could win the same job again
   * and again, until the task fails as unknown.
   */
  async function leaveToOthers(job: Job<JobData>, token?: string): Promise<never> {
    await job.moveToDelayed(Date.now() + POSTPONE_MS, token);
    if (clock.nowMs() >= nextPauseMs) {
      nextPauseMs = clock.nowMs() + STRANGER_PAUSE_EVERY_MS;
      await new Promise<void>((resolve) => clock.after(STRANGER_PAUSE_MS, resolve));
    }
    throw new DelayedError();
  }

  async function attemptJob(job: Job<JobData>, seat: Seat, token?: string, isAlone = false): Promise<void> {
    const taskId = job.id!;
    // During a rolling deployment, other workers may know it already.
    const isStranger = !definitions.has(job.name) && job.attemptsStarted <= STRANGER_STARTS;
    if (isStranger && (await attempts.isOpen(taskId))) return leaveToOthers(job, token);
    const outcome = await attempts.start(taskId, job.attemptsStarted, newSecret(), isAlone);
    switch (outcome.kind) {
      case 'over':
        return closeJob(outcome.state, outcome.error);
      case 'unknown':
        // The job was sent directly after its task. It may arrive first if Redis did not have the task's script yet.
        if (job.attemptsStarted <= UNKNOWN_STARTS) return postpone(job, token);
        throw new UnrecoverableError(
          `No task ${taskId} is known: it was not launched by Rowlock, or was deleted. Launch it with tasks.launch.`,
        );
      case 'suspect':
        logger.warn(
          `task ${taskId}: the workers that ran it have crashed or hung, so it runs alone. This worker runs no other task meanwhile`,
        );
        if (!(await seat.haveAlone())) return postpone(job, token);
        return attemptJob(job, seat, token, true);
      case 'superseded':
        throw new Error(
          'A later attempt at this task has started, so this one does nothing. Look at the newest attempt.',
        );
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
    const input = definition && (await readInput(definition, started.input));
    if (!input?.ok) {
      const error =
        input?.issue ??
        `No worker knows the task "${job.name}". Add it to the tasks of their createRowlock, and retry this task.`;
      const end = { state: 'failed', error, progress: { done: 0, total: null } } as const;
      return (await attempts.end(started.secret, end)) ? { kind: 'failed', error } : { kind: 'lost' };
    }
    const threadHeartbeat = threadHeartbeats.watch(started, token);
    return runAttempt({
      attempts,
      registry,
      namespace,
      launchChild,
      sendEnd,
      clock,
      logger,
      definition: definition!,
      started,
      isLastAttempt: job.attemptsMade + 1 >= (job.opts.attempts ?? 1),
      input: input.value,
      threadHeartbeat,
      onRunning(attempt) {
        running.set(job.id!, attempt);
        if (isShutDown) attempt.stop('shutdown');
      },
    }).finally(() => threadHeartbeat?.end());
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
        // Another attempt has taken over, or may. If this worker still has the job, its next start decides.
        return postpone(job, token);
    }
  }

  return {
    async run(job, token) {
      const seat = running.has(job.id!) ? undefined : seats.take();
      if (!seat) return postpone(job, token);
      running.set(job.id!, undefined);
      try {
        await attemptJob(job, seat, token);
        return null;
      } catch (error) {
        // Redis could not be reached, which is not the task's fault. The job is retried, and no attempt is counted.
        if (error instanceof UnavailableError) return await postpone(job, token);
        throw error;
      } finally {
        running.delete(job.id!);
        seat.leave();
      }
    },
    nudge: (taskId) => running.get(taskId)?.nudge(),
    takeAway: (jobId) => running.get(jobId)?.stop('lease lost'),
    shutDown() {
      isShutDown = true;
      seats.close();
      for (const attempt of running.values()) attempt?.stop('shutdown');
    },
  };
}

/**
 * Closes the job of a task that has ended: it was cancelled before its start, its worker crashed before it answered the
 * queue, or the job was retried by hand. The job ends as its task has ended.
 */
function closeJob(state: FinalState, error = ''): void {
  if (state === 'completed') return;
  const ended = `This task has ended as ${state}${error && ` (${error})`}.`;
  throw new UnrecoverableError(
    `${ended} Its job cannot run again. Launch it again with tasks.retry, which makes a new task.`,
  );
}

async function readInput(definition: TaskDefinition, raw: unknown): Promise<Parsed> {
  const parsed = await parseWith(definition.input, raw).catch(
    (error: unknown): Parsed => ({ ok: false, issue: `: ${errorText(error, MAX_ISSUE_LENGTH)}` }),
  );
  if (parsed.ok) return parsed;
  const issue = boundedText(parsed.issue, MAX_ISSUE_LENGTH);
  return { ok: false, issue: `Its input is not what "${definition.name}" takes${issue}` };
}
