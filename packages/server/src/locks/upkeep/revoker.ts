/**
 * Ends leases after the application's `beforeRevoke` has agreed. A takeover, which somebody waits for, asks and ends by
 * itself. Duties that check again and again (observer, reconciler) leave it to `end`, which treats each lease separately:
 * a slow answer delays neither other leases nor the next check.
 */
import type { LeaseId, LeaseView } from '@rowlock/protocol';
import type { Clock } from '../../clock.ts';
import { UnavailableError } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import { type BeforeRevoke, createRevokeCalls, type RevokeReason } from './beforeRevoke.ts';

/** After a late answer, the lease is not asked about again for so long, or until the answer: calls must not pile up. */
export const LATE_PAUSE_MS = 30_000;
/** How long a check waits for the endings that it has started. Most have ended by then. */
const PATIENCE_MS = 500;
/** The application's database has only so many connections. */
const AT_ONCE = 50;

/** A lease that is to end because of what a check has seen. */
export interface Ending {
  lease: LeaseView;
  why: RevokeReason;
  /** False if its holder has returned since: the database must not refuse a living holder */
  isDue(): boolean;
  /** Called after the application has agreed; compares with what the check has seen */
  end(): Promise<void>;
  /** The lease stays for now */
  onRefused?(error: unknown): void;
}

export interface Revoker {
  /** @throws the application's error; {RowlockError} `unavailable` if it does not answer in time */
  ask(lease: LeaseView, why: RevokeReason): Promise<void>;
  /**
   * Starts the endings that are not under way already. Resolves when they have ended or stay, or after half a second; the
   * rest continues on its own. Never rejects.
   */
  end(endings: readonly Ending[]): Promise<void>;
  /** Asks no longer, and waits for the calls in progress, 3 s at most. */
  close(): Promise<void>;
}

export function createRevoker(options: {
  beforeRevoke: BeforeRevoke;
  clock: Clock;
  logger: Logger;
}): Revoker {
  const { beforeRevoke, clock, logger } = options;
  const calls = createRevokeCalls(beforeRevoke, clock);
  const inTurn = createTurns(AT_ONCE);
  /** Leases that must not be started now. `againAtMs`, if nobody waits for the answer any longer. */
  const underWay = new Map<LeaseId, { againAtMs?: number }>();

  async function endOne({ lease, why, isDue, end, onRefused }: Ending): Promise<void> {
    const mark: { againAtMs?: number } = {};
    underWay.set(lease.id, mark);
    const unmark = () => void (underWay.get(lease.id) === mark && underWay.delete(lease.id));
    await inTurn(async () => {
      if (calls.isClosed() || !isDue()) return unmark();
      const { answer, inTime } = calls.call(lease, why);
      try {
        await inTime;
      } catch (error) {
        mark.againAtMs = clock.nowMs() + LATE_PAUSE_MS;
        answer.then(unmark, unmark);
        logger.error(`beforeRevoke failed for lease ${lease.id}. The lease stays for now.`, error);
        onRefused?.(error);
        return;
      }
      await end()
        .catch((error: unknown) => {
          // The next check reports an outage of Redis.
          if (!(error instanceof UnavailableError)) {
            logger.error(`Lease ${lease.id} could not be ended. The next check tries again.`, error);
          }
        })
        .finally(unmark);
    });
  }

  return {
    ask: (lease, why) => calls.track(calls.call(lease, why).inTime),

    async end(endings) {
      const nowMs = clock.nowMs();
      for (const [id, { againAtMs }] of underWay) {
        if (againAtMs !== undefined && againAtMs <= nowMs) underWay.delete(id);
      }
      const started = endings.filter(({ lease }) => !calls.isClosed() && !underWay.has(lease.id));
      if (started.length === 0) return;
      const ended = Promise.all(started.map((ending) => calls.track(endOne(ending))));
      await new Promise<void>((resolve) => {
        const stopTimer = clock.after(PATIENCE_MS, resolve);
        void ended.then(stopTimer).then(resolve);
      });
    },

    close: calls.close,
  };
}

/** Runs at most `limit` functions at once; the others wait for their turn. */
function createTurns(limit: number) {
  const waiting: (() => void)[] = [];
  let freeCount = limit;
  return async (fn: () => Promise<void>): Promise<void> => {
    if (freeCount > 0) freeCount -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    await fn().finally(() => {
      const next = waiting.shift();
      if (next) next();
      else freeCount += 1;
    });
  };
}
