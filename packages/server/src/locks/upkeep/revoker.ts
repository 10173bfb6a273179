/**
 * The application's `beforeRevoke`, which may throw, and may never answer. Who ends a lease for somebody that waits (a
 * takeover) asks by himself. Those who look again and again (observer, reconciler) have leases ended here, each apart: a
 * slow answer about one holds up neither the others nor the next look.
 */
import type { Actor, LeaseId, LeaseView } from '@rowlock/protocol';
import type { Clock } from '../../clock.ts';
import { RowlockError, UnavailableError } from '../../errors.ts';
import type { Logger } from '../../logger.ts';

/** As long as a lease is given by default to beat again, and five times as long as `revokeLease` waits by default. */
export const REVOKE_LIMIT_MS = 10_000;
/** Where an answer is late, the lease is not asked about again for so long, or until it comes: calls must not pile up. */
export const LATE_PAUSE_MS = 30_000;
/** A look waits so long for what it has begun: most has ended by then, and is seen to. */
const PATIENCE_MS = 500;
/** How long a call in hand may take when this process closes. */
const CLOSE_LIMIT_MS = 3_000;
/** The application's database has only so many connections. */
const AT_ONCE = 50;

export interface RevokeReason {
  reason: 'taken over' | 'expired' | 'vanished';
  by?: Actor;
}

/** A lease that is to be ended because of how it was seen. */
export interface Ending {
  lease: LeaseView;
  why: RevokeReason;
  /** False where its holder has come back since: who lives must not be shut out of the database */
  isDue(): boolean;
  /** Called when the application has answered; compares with what was seen */
  end(): Promise<void>;
  /** The lease stays for now */
  onRefused?(error: unknown): void;
}

export interface Revoker {
  /** @throws what the application throws; {RowlockError} `unavailable` where it does not answer in time */
  ask(lease: LeaseView, why: RevokeReason): Promise<void>;
  /**
   * Begins with those that are not under way already. Resolves when they have ended or stay, or after half a second; the
   * rest goes on by itself. Never rejects.
   */
  end(endings: readonly Ending[]): Promise<void>;
  /** Asks no more, and waits for the answers in hand, 3 s at most. */
  close(): Promise<void>;
}

export function createRevoker(parts: {
  beforeRevoke(lease: LeaseView, why: RevokeReason): void | Promise<void>;
  clock: Clock;
  logger: Logger;
}): Revoker {
  const { beforeRevoke, clock, logger } = parts;
  const closing = new AbortController();
  const inHand = new Set<Promise<unknown>>();
  /** Leases that are not to be begun with now; `againAtMs` where nobody waits for the answer any more. */
  const underWay = new Map<LeaseId, { againAtMs?: number }>();
  const turns: (() => void)[] = [];
  let freeCount = AT_ONCE;
  let isClosed = false;
  let closed: Promise<void> | undefined;

  function keepInHand<T>(promise: Promise<T>): Promise<T> {
    inHand.add(promise);
    const done = () => void inHand.delete(promise);
    promise.then(done, done);
    return promise;
  }

  /** `answer` is the application's own, however late; `inTime` does not wait for longer than the limit. */
  function put(lease: LeaseView, why: RevokeReason): { answer: Promise<void>; inTime: Promise<void> } {
    const answer = (async () => {
      if (isClosed) throw closingError();
      await beforeRevoke(lease, why);
    })();
    const inTime = new Promise<void>((resolve, reject) => {
      const stop = () => reject(closing.signal.reason);
      const stopTimer = clock.after(REVOKE_LIMIT_MS, () => done(() => reject(lateError(lease))));
      const done = (settle: () => void) => {
        stopTimer();
        closing.signal.removeEventListener('abort', stop);
        settle();
      };
      closing.signal.addEventListener('abort', stop, { once: true });
      answer.then(
        () => done(resolve),
        (error: unknown) => done(() => reject(error)),
      );
    });
    return { answer, inTime };
  }

  async function inTurn(fn: () => Promise<void>): Promise<void> {
    if (freeCount > 0) freeCount -= 1;
    else await new Promise<void>((resolve) => turns.push(resolve));
    await fn().finally(() => {
      const next = turns.shift();
      if (next) next();
      else freeCount += 1;
    });
  }

  async function endOne({ lease, why, isDue, end, onRefused }: Ending): Promise<void> {
    const mark: { againAtMs?: number } = {};
    underWay.set(lease.id, mark);
    const unmark = () => void (underWay.get(lease.id) === mark && underWay.delete(lease.id));
    await inTurn(async () => {
      if (isClosed || !isDue()) return unmark();
      const { answer, inTime } = put(lease, why);
      try {
        await inTime;
      } catch (error) {
        mark.againAtMs = clock.nowMs() + LATE_PAUSE_MS;
        answer.then(unmark, unmark);
        logger.error(`beforeRevoke failed for lease ${lease.id}, which therefore stays for now`, error);
        onRefused?.(error);
        return;
      }
      await end()
        .catch((error: unknown) => {
          // That Redis is away, the next look says.
          if (!(error instanceof UnavailableError)) logger.error(`lease ${lease.id} cannot be ended`, error);
        })
        .finally(unmark);
    });
  }

  return {
    ask: (lease, why) => keepInHand(put(lease, why).inTime),

    async end(endings) {
      const nowMs = clock.nowMs();
      for (const [id, { againAtMs }] of underWay) {
        if (againAtMs !== undefined && againAtMs <= nowMs) underWay.delete(id);
      }
      const begun = endings.filter(({ lease }) => !isClosed && !underWay.has(lease.id));
      if (begun.length === 0) return;
      const ended = Promise.all(begun.map((ending) => keepInHand(endOne(ending))));
      await new Promise<void>((resolve) => {
        const stopTimer = clock.after(PATIENCE_MS, resolve);
        void ended.then(stopTimer).then(resolve);
      });
    },

    close() {
      closed ??= (async () => {
        isClosed = true;
        const stopTimer = clock.after(CLOSE_LIMIT_MS, () => closing.abort(closingError()));
        await Promise.allSettled(inHand);
        stopTimer();
      })();
      return closed;
    },
  };
}

const lateError = ({ id }: LeaseView) =>
  new RowlockError(
    'unavailable',
    `The application has not answered within ${REVOKE_LIMIT_MS} ms (beforeRevoke), so lease ${id} stays for now. Try again ` +
      'in a moment.',
  );

const closingError = () =>
  new RowlockError(
    'unavailable',
    'This process is closing, and the application has not answered (beforeRevoke), so the lease stays. Ask another.',
  );
