/** Returns jobs to the queue for a while. */
import { DelayedError, type Job } from 'bullmq';
import type { Clock } from '../../clock.ts';
import type { JobData } from '../store/queue.ts';

const POSTPONE_MS = 1_000;
/** How long a worker that left a job to others fetches no other job in its place: until after the job is due. */
const STRANGER_PAUSE_MS = POSTPONE_MS + 250;
/** The shortest time between two such pauses, since it has tasks of its own to run. */
const STRANGER_PAUSE_EVERY_MS = 5_000;

export type Postpone = (job: Job<JobData>, token?: string) => Promise<never>;

/** @throws {DelayedError} which BullMQ expects */
export async function postpone(job: Job<JobData>, token?: string): Promise<never> {
  await job.moveToDelayed(Date.now() + POSTPONE_MS, token);
  throw new DelayedError();
}

/**
 * Leaves a job to workers that know its task. If this worker fetched a job when it is due, it could win the same job again
 * and again, until the task fails as unknown.
 */
export function createLeaveToOthers(clock: Clock): Postpone {
  let nextPauseMs = 0;
  return async (job, token) => {
    await job.moveToDelayed(Date.now() + POSTPONE_MS, token);
    if (clock.nowMs() >= nextPauseMs) {
      nextPauseMs = clock.nowMs() + STRANGER_PAUSE_EVERY_MS;
      await new Promise<void>((resolve) => clock.after(STRANGER_PAUSE_MS, resolve));
    }
    throw new DelayedError();
  };
}
