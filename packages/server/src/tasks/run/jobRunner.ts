/** Jobs of the queue, as a worker runs them: each is checked against its task and lease, run as an attempt, and answered. */
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
/** So often a job without a task is looked at again. */
const UNKNOWN_STARTS = 3;
/** So often a job is left to others by workers that do not know its task: for half a minute at least. */
const STRANGER_STARTS = 30;
/** So long a worker fetches no job into the place of one whose task it does not know: beyond the moment when it is due. */
const STRANGER_PAUSE_MS = POSTPONE_MS + 250;
/** It pauses at most once in this time, as it has tasks of its own to run. */
const STRANGER_PAUSE_EVERY_MS = 5_000;
const MAX_ISSUE_LENGTH = 300;

export interface JobRunner {
  /** BullMQ's processor. What a run returns is kept with its task; the queue gets nothing of it. */
  run(job: Job<JobData>, token?: string): Promise<null>;
  /** Somebody has asked this task to stop: where it runs here, it is told at once. */
  nudge(taskId: string): void;
  /** The queue has taken this job away. */
  takeAway(jobId: string): void;
  /** The process shuts down: all that runs is told to stop, and whatever begins after. */
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
  /** One task is to run alone here, so that no further job is to be taken; or others may run again. */
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
  /** Tasks that run in this process. BullMQ tracks a job's lock by its id alone, so one id must not run here twice. */
  const running = new Map<string, RunningAttempt | undefined>();

  async function postpone(job: Job<JobData>, token?: string): Promise<never> {
    await job.moveToDelayed(Date.now() + POSTPONE_MS, token);
    throw new DelayedError();
  }

  /**
   * Leaves a job to workers that know its task. This worker knows when the job is due, as they do: if it fetched at that moment
   * too, it could win the job again and again, until the task fails as one that nobody knows.
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
    // While processes are replaced one by one, others may know it already.
    const isStranger = !definitions.has(job.name) && job.attemptsStarted <= STRANGER_STARTS;
    if (isStranger && (await attempts.isOpen(taskId))) return leaveToOthers(job, token);
    const outcome = await attempts.start(taskId, job.attemptsStarted, newSecret(), isAlone);
    switch (outcome.kind) {
      case 'over':
        return closeJob(outcome.state, outcome.error);
      case 'unknown':
        // The job went out right behind its task, and may have come first where Redis had not yet the task's script.
        if (job.attemptsStarted <= UNKNOWN_STARTS) return postpone(job, token);
        throw new UnrecoverableError(
          `No task ${taskId} is known: it was not launched by Rowlock, or is long gone.`,
        );
      case 'suspect':
        logger.warn(
          `task ${taskId}: the workers that ran it have crashed or hung, so it runs alone. This worker takes no other task meanwhile`,
        );
        if (!(await seat.haveAlone())) return postpone(job, token);
        return attemptJob(job, seat, token, true);
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
    const input = definition && (await readInput(definition, started.input));
    if (!input?.ok) {
      const error =
        input?.issue ??
        `None of the workers that took it knows the task "${job.name}". Add it to the tasks of their createRowlock, and try this one again.`;
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
        // Another attempt has taken over, or may: if the job is still ours, its next start finds out.
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
        // That Redis could not be asked says nothing of the task: it is tried again, and no attempt is counted.
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
 * The job of a task that has ended: cancelled before it could start, or ended by an attempt that died before it told the
 * queue, or sent back into the queue by hand. It is shown as its task has ended.
 */
function closeJob(state: FinalState, error = ''): void {
  if (state === 'completed') return;
  const ended = `This task has ended as ${state}${error && ` (${error})`}.`;
  throw new UnrecoverableError(`${ended} Launch it again with tasks.retry, which makes a new task.`);
}

async function readInput(definition: TaskDefinition, raw: unknown): Promise<Parsed> {
  const parsed = await parseWith(definition.input, raw).catch(
    (error: unknown): Parsed => ({ ok: false, issue: `: ${errorText(error, MAX_ISSUE_LENGTH)}` }),
  );
  if (parsed.ok) return parsed;
  const issue = boundedText(parsed.issue, MAX_ISSUE_LENGTH);
  return { ok: false, issue: `Its input is not what "${definition.name}" takes${issue}` };
}
