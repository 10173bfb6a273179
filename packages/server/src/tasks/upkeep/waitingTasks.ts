/**
 * Looks after tasks that wait for their records, whoever launched them. Every process is ready to, for all of them, so
 * that the end of one ends no wait; each second it is left to one, however many there are: to whoever looks and sees
 * that nobody has begun since he last looked. What it does comes twice without harm: a heartbeat more, a job that is there.
 */

import type { LogConsumers } from '../../changeLog/consumers.ts';
import type { Clock } from '../../clock.ts';
import type { Logger } from '../../logger.ts';
import type { LaunchStore } from '../store/launchStore.ts';
import type { TaskQueue } from '../store/queue.ts';

/** A position in the wait list is lost after ten seconds without a heartbeat. */
const ROUND_INTERVAL_MS = 1_000;
const AT_ONCE = 20;

export interface WaitingTasks {
  /** Looks after one task now. @throws {UnavailableError} */
  advance(taskId: string): Promise<void>;
  /** Begins to look after all tasks that wait. */
  start(): void;
  close(): Promise<void>;
}

export function createWaitingTasks(deps: {
  launches: LaunchStore;
  queue: TaskQueue;
  clock: Clock;
  logger: Logger;
  log: LogConsumers;
}): WaitingTasks {
  const { launches, queue, clock, logger, log } = deps;
  /** Those that are known to wait: every grant of a lease to a task comes by, and few of them have waited. */
  const waiting = new Set<string>();
  const underWay = new Set<Promise<void>>();
  let stop = () => {};
  let isFailing = false;
  /** In the last round of this process's, some of the tasks */
  let isAnyFailing = false;
  /** Rounds that any process had begun when this one looked last */
  let seenRounds: string | undefined;

  async function advance(taskId: string): Promise<void> {
    const state = await launches.advanceWaiting(taskId);
    if (state === 'granted') {
      const job = await launches.findJob(taskId);
      // In this order: where this process dies in between, another finds it waiting still, and adds the job again.
      if (job) await queue.add(job);
      await launches.noteQueued(taskId);
    }
    if (state === 'waiting') waiting.add(taskId);
    else waiting.delete(taskId);
  }

  async function round(): Promise<void> {
    try {
      const { begun, taskIds } = await launches.startRound(seenRounds);
      seenRounds = begun;
      if (taskIds) await advanceAll(taskIds);
      isFailing = false;
    } catch (error) {
      if (!isFailing) logger.warn('waiting tasks cannot be looked after; trying again until they can', error);
      isFailing = true;
    }
  }

  async function advanceAll(taskIds: readonly string[]): Promise<void> {
    const known = new Set(taskIds);
    for (const id of waiting) if (!known.has(id)) waiting.delete(id);
    // One that fails, again and again perhaps, keeps nobody else from the heartbeat without which a position is lost.
    const errors: unknown[] = [];
    for (let start = 0; start < taskIds.length; start += AT_ONCE) {
      const some = taskIds.slice(start, start + AT_ONCE);
      await Promise.all(some.map((id) => advance(id).catch((error: unknown) => errors.push(error))));
    }
    if (errors.length > 0 && !isAnyFailing) {
      const which = `${errors.length} of ${taskIds.length} waiting tasks`;
      logger.warn(`${which} cannot be looked after; trying again until they can`, errors[0]);
    }
    isAnyFailing = errors.length > 0;
  }

  function inBackground(work: Promise<void>): void {
    underWay.add(work);
    // The next round tries again.
    void work.catch(() => {}).finally(() => underWay.delete(work));
  }

  // A task whose records have become free is queued at once, not with the next round.
  log.register({
    name: 'waiting tasks',
    phase: 'tasks',
    onEntries(entries) {
      for (const entry of entries) {
        if (entry.kind === 'task') {
          if (entry.state === 'waiting') waiting.add(entry.taskId);
          else waiting.delete(entry.taskId);
        }
        if (entry.kind === 'acquired' && waiting.has(entry.lease.holder.id)) {
          inBackground(advance(entry.lease.holder.id));
        }
      }
    },
  });

  return {
    advance,

    start() {
      let isRunning = false;
      const startRound = () => {
        if (isRunning) return;
        isRunning = true;
        inBackground(
          round().finally(() => {
            isRunning = false;
          }),
        );
      };
      stop = clock.every(ROUND_INTERVAL_MS, startRound);
      startRound();
    },

    async close() {
      stop();
      await Promise.allSettled([...underWay]);
    },
  };
}
