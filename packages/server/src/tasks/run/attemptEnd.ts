/** Stores the end of an attempt, after all reports of its run, with the changes that it has made. Retries while Redis cannot be reached. */
import type { ProgressView } from '@rowlock/protocol';
import type { Clock } from '../../clock.ts';
import type { AttemptEnd, AttemptSecret, AttemptStore, TaskChanges } from '../store/attemptStore.ts';
import { retryUntilAnswered } from '../store/retryUntilAnswered.ts';
import type { RunReports } from './runReports.ts';

const END_LIMIT_MS = 60_000;

export type AttemptOutcome =
  | { kind: 'completed' }
  | { kind: 'cancelled' }
  /** the error is final: no other attempt follows */
  | { kind: 'failed'; error: unknown }
  | { kind: 'retry'; error: unknown }
  /** the job returns to the queue, and the task keeps its locks */
  | { kind: 'shutdown' }
  /** another attempt or the reconciler has taken over, so this attempt no longer counts */
  | { kind: 'lost' };

export interface Endings {
  /** The changes to note with the end. Those of a large task are noted now, except for the rest. */
  takeChanges(): Promise<TaskChanges>;
  /** Ends the task. Undefined if it has ended this way. */
  end(
    how: Omit<AttemptEnd, 'progress' | 'changes'>,
    changes?: TaskChanges,
  ): Promise<AttemptOutcome | undefined>;
  /** Ends the attempt. Another one follows. */
  goBack(why: string, outcome: AttemptOutcome): Promise<AttemptOutcome>;
  /** From now on an unreachable Redis is not retried. There is no time, and the job returns to the queue. */
  hurry(): void;
}

export function createEndings(options: {
  attempts: AttemptStore;
  secret: AttemptSecret;
  reports: RunReports;
  /** Notes its changes in parts, because the end of so many records would block Redis for long. Default false */
  isLarge?: boolean;
  /** The present progress of the run */
  getProgress(): ProgressView;
  clock: Clock;
}): Endings {
  const { attempts, secret, reports, isLarge = false, getProgress, clock } = options;
  let isUrgent = false;

  /** Writes all reports that are not written yet. False if this attempt may no longer act. */
  async function flush(): Promise<boolean> {
    for (let rest = reports.take(); rest; rest = reports.take()) {
      const reply = await persist(() => attempts.heartbeat(secret, { reports: rest }));
      if (reply === 'lost') return false;
      reports.written();
    }
    return true;
  }

  /**
   * An outage of Redis must not turn finished work into a failure, or repeat it. Waiting is safe, since no lease expires
   * while Redis cannot be reached.
   */
  const persist = <T>(ask: () => Promise<T>) =>
    retryUntilAnswered(ask, { clock, limitMs: END_LIMIT_MS, isUrgent: () => isUrgent });

  async function takeChanges(): Promise<TaskChanges> {
    // The lease ends with the task, so finished records need no release.
    if (reports.hasRows()) return { records: reports.takeRest() };
    if (isLarge) while (await persist(() => attempts.noteChanges(secret)));
    return 'all';
  }

  return {
    takeChanges,

    async end(how, taken) {
      const changes = taken ?? (await takeChanges());
      const end = () => attempts.end(secret, { ...how, changes, progress: getProgress() });
      const isOurs = (await flush()) && (await persist(end));
      return isOurs ? undefined : { kind: 'lost' };
    },

    async goBack(why, outcome) {
      if (!(await flush())) return { kind: 'lost' };
      switch (await persist(() => attempts.retry(secret, why, getProgress()))) {
        case 'retrying':
          return outcome;
        case 'cancelled':
          return { kind: 'cancelled' };
        case 'lost':
          return { kind: 'lost' };
      }
    },

    hurry() {
      isUrgent = true;
    },
  };
}
