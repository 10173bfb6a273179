/** Calls the application's `beforeRevoke`, which may throw, and may never answer. */
import type { Actor, LeaseView } from '@rowlock/protocol';
import type { Clock } from '../../clock.ts';
import { RowlockError } from '../../errors.ts';

/** The default TTL of a lease, and five times as long as `revokeLease` waits by default. */
export const REVOKE_LIMIT_MS = 10_000;
/** How long a call in progress may take when this process closes. */
const CLOSE_LIMIT_MS = 3_000;

export interface RevokeReason {
  /** `moved`: to another tab of the same user */
  reason: 'taken over' | 'moved' | 'expired' | 'vanished';
  by?: Actor;
}

export type BeforeRevoke = (lease: LeaseView, why: RevokeReason) => void | Promise<void>;

/** `answer` is the application's own, however late. `inTime` waits no longer than the limit. */
interface RevokeCall {
  answer: Promise<void>;
  inTime: Promise<void>;
}

export interface RevokeCalls {
  isClosed(): boolean;
  call(lease: LeaseView, why: RevokeReason): RevokeCall;
  /** Has `close` wait for the promise. */
  track<T>(promise: Promise<T>): Promise<T>;
  /** Makes no more calls, and waits for the promises in progress, 3 s at most. */
  close(): Promise<void>;
}

export function createRevokeCalls(beforeRevoke: BeforeRevoke, clock: Clock): RevokeCalls {
  const closing = new AbortController();
  const inProgress = new Set<Promise<unknown>>();
  let isClosed = false;
  let closed: Promise<void> | undefined;

  return {
    isClosed: () => isClosed,

    call(lease, why) {
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
    },

    track(promise) {
      inProgress.add(promise);
      const done = () => void inProgress.delete(promise);
      promise.then(done, done);
      return promise;
    },

    close() {
      closed ??= (async () => {
        isClosed = true;
        const stopTimer = clock.after(CLOSE_LIMIT_MS, () => closing.abort(closingError()));
        await Promise.allSettled(inProgress);
        stopTimer();
      })();
      return closed;
    },
  };
}

const lateError = ({ id }: LeaseView) =>
  new RowlockError(
    'unavailable',
    `The application's beforeRevoke has not answered within ${REVOKE_LIMIT_MS} ms, so lease ${id} stays for now. Try ` +
      'again in a moment.',
  );

const closingError = () =>
  new RowlockError(
    'unavailable',
    "This process is closing, and the application's beforeRevoke has not answered, so the lease stays. Ask another process.",
  );
