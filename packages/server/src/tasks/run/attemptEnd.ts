/** How an attempt ends, and how that is told: with all that the run has getProgress before, and for as long as Redis is away. */
import type { TaskProgress } from '@rowlock/protocol';
import type { Clock } from '../../clock.ts';
import type { AttemptEnd, AttemptSecret, AttemptStore } from '../store/attemptStore.ts';
import { retryUntilAnswered } from '../store/retryUntilAnswered.ts';
import type { RunReports } from './runReports.ts';

const END_LIMIT_MS = 60_000;

export type AttemptOutcome =
  | { kind: 'completed' }
  | { kind: 'cancelled' }
  /** the error is final: no further attempt */
  | { kind: 'failed'; error: unknown }
  | { kind: 'retry'; error: unknown }
  /** goes back to the queue with its locks kept */
  | { kind: 'shutdown' }
  /** another attempt or an observer has taken over; nothing of this one counts any more */
  | { kind: 'lost' };

export interface Endings {
  /** The final end. Undefined where it has ended so. */
  end(how: Omit<AttemptEnd, 'progress'>): Promise<AttemptOutcome | undefined>;
  /** Another attempt is to follow. */
  goBack(why: string, outcome: AttemptOutcome): Promise<AttemptOutcome>;
  /** From now on Redis is not waited for: there is no time, and the job comes back. */
  hurry(): void;
}

export function createEndings(options: {
  attempts: AttemptStore;
  secret: AttemptSecret;
  reports: RunReports;
  /** The run's progress as it is now */
  getProgress(): TaskProgress;
  clock: Clock;
}): Endings {
  const { attempts, secret, reports, getProgress, clock } = options;
  let isUrgent = false;

  /** All that the run has getProgress and that was not written yet. False where this attempt may not act any more. */
  async function flush(): Promise<boolean> {
    for (let rest = reports.take(); rest; rest = reports.take()) {
      const reply = await persist(() => attempts.heartbeat(secret, { reports: rest }));
      if (reply === 'lost') return false;
      reports.written();
    }
    return true;
  }

  /**
   * The run is over and its end is to be told: an outage of Redis must not turn finished work into a failure, nor run it
   * again. Nothing can be lost by waiting, since no lease expires while nobody can look.
   */
  const persist = <T>(ask: () => Promise<T>) =>
    retryUntilAnswered(ask, { clock, limitMs: END_LIMIT_MS, isUrgent: () => isUrgent });

  return {
    async end(how) {
      // Its lease ends with it, and all that it covers.
      reports.keepDone();
      const isOurs =
        (await flush()) && (await persist(() => attempts.end(secret, { ...how, progress: getProgress() })));
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
