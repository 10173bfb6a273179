/**
 * Advances tasks that wait for their records: renews their positions, and queues those that have their records. Any process
 * can do so for all tasks, so that no wait depends on one process.
 */
import type { LogConsumers } from '../../changeLog/consumers.ts';
import type { Clock } from '../../clock.ts';
import type { Logger } from '../../logger.ts';
import type { TaskQueue } from '../store/queue.ts';
import type { StoredJobs } from '../store/storedJobs.ts';
import type { WaitingStore } from '../store/waitingStore.ts';
import { createWaitingRound } from './waitingRound.ts';

/** A position in the wait list expires ten seconds after its last heartbeat. */
const ROUND_INTERVAL_MS = 1_000;

export interface WaitingTasks {
  /** Renews the position of one task, or queues it if it has its records. @throws {UnavailableError} */
  advance(taskId: string): Promise<void>;
  /** Starts to advance all waiting tasks. */
  start(): void;
  close(): Promise<void>;
}

export function createWaitingTasks(deps: {
  store: WaitingStore;
  jobs: StoredJobs;
  queue: TaskQueue;
  clock: Clock;
  logger: Logger;
  log: LogConsumers;
}): WaitingTasks {
  const { store, jobs, queue, clock, logger, log } = deps;
  /** Tasks that are known to wait. The log has every lease that a task gets, and few of these tasks have waited. */
  const waiting = new Set<string>();
  const underWay = new Set<Promise<void>>();
  let stop = () => {};

  async function advance(taskId: string): Promise<void> {
    const state = await store.advance(taskId);
    if (state === 'acquired') {
      const job = await jobs.find(taskId);
      // The order matters: if this process crashes in between, another one finds the task waiting, and adds the job again.
      if (job) await queue.add(job);
      await store.noteQueued(taskId);
    }
    if (state === 'waiting') waiting.add(taskId);
    else waiting.delete(taskId);
  }

  const round = createWaitingRound({
    store,
    onTasks(taskIds) {
      const known = new Set(taskIds);
      for (const id of waiting) if (!known.has(id)) waiting.delete(id);
    },
    advance,
    logger,
  });

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
      const startRound = () => inBackground(round());
      stop = clock.every(ROUND_INTERVAL_MS, startRound);
      startRound();
    },

    async close() {
      stop();
      await Promise.allSettled([...underWay]);
    },
  };
}
