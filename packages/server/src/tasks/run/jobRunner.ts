/** Runs the jobs of the queue: checks each against its task and lease, runs an attempt, and answers the queue. */
import { type Job, UnrecoverableError, WaitingError } from 'bullmq';
import { UnavailableError } from '../../errors.ts';
import { newSecret } from '../../locks/registry/requests.ts';
import type { JobData } from '../store/queue.ts';
import type { FinalState } from '../store/taskStore.ts';
import type { RunningAttempt } from './attempt.ts';
import type { AttemptOutcome } from './attemptEnd.ts';
import { createJobAttempt, type JobAttemptDeps } from './jobAttempt.ts';
import { createLeaveToOthers, postpone } from './postponing.ts';
import { queueError } from './queueError.ts';
import { createSeats, type Seat } from './seats.ts';

/** The number of times that a job without a task is retried. */
const UNKNOWN_STARTS = 3;
/** The number of times that workers without the task's definition leave a job to others: for half a minute at least. */
const STRANGER_STARTS = 30;

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

export interface JobRunnerDeps extends JobAttemptDeps {
  /** True: one task must run alone here, so fetch no other job. False: fetch jobs again. */
  onAlone(isAlone: boolean): void;
}

export function createJobRunner(deps: JobRunnerDeps): JobRunner {
  const { attempts, definitions, clock, logger } = deps;
  const runJobAttempt = createJobAttempt(deps);
  const leaveToOthers = createLeaveToOthers(clock);
  const seats = createSeats(deps.onAlone);
  let isShutDown = false;
  /** Tasks that run in this process. BullMQ tracks a job's lock by its id alone, so a job must not run twice here. */
  const running = new Map<string, RunningAttempt | undefined>();

  const noteRunning = (taskId: string) => (attempt: RunningAttempt) => {
    running.set(taskId, attempt);
    if (isShutDown) attempt.stop('shutdown');
  };

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
        return settleJob(await runJobAttempt(job, outcome.started, token, noteRunning(taskId)), job, token);
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

/** Answers the queue. */
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
