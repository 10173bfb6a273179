/**
 * Waiting for records: takes a position in the wait list, beats for it, and comes back with the lease when its turn has come.
 *
 * A waiting lease holds nothing. If this process dies, its heartbeat stands still and the observer takes it out of the
 * line; if it gives up, by time or by signal, and was granted in the very same moment, it is never left behind.
 */
import type { Conflict, LeaseSecret } from '@rowlock/protocol';
import type { Clock } from '../../clock.ts';
import { assertDuration } from '../../durations.ts';
import { ConflictError, LeaseLostError, UnavailableError } from '../../errors.ts';
import { grantOf } from '../registry/grantNews.ts';
import type { LockRegistry } from '../registry/lockRegistry.ts';
import { type ClaimRequest, type Grant, MAX_RECORDS_PER_STEP, type Ticket } from '../registry/requests.ts';
import { RestartGraceError } from '../registry/restartGrace.ts';
import type { GrantSignals } from './grantSignals.ts';

const DEFAULT_WAIT_MS = 30_000;
const BEAT_INTERVAL_MS = 1_000;
const RETRY_MS = 200;

/** Where one who waits stands. */
export interface WaitPosition {
  /** 1 for who is next */
  position: number;
  /** What was in the way when the position was taken */
  conflicts: readonly Conflict[];
}

export interface WaitOptions {
  /** How long to wait at most, in ms. Default 30,000; `Infinity` waits without an end */
  waitMs?: number;
  /** Gives up when it aborts; the promise rejects with its reason */
  signal?: AbortSignal;
  /** Called with the position that was taken, and when it has moved */
  onPosition?(position: WaitPosition): void;
}

/** A lease, and monotonic ms from which on it is known to have been alive. */
export interface Turn {
  grant: Grant;
  sinceMs: number;
}

interface Waiting {
  registry: LockRegistry;
  signals: GrantSignals;
  clock: Clock;
}

/** @throws {ConflictError} when the time is over; {DeadlockError}; the signal's reason */
export async function waitInLine(
  deps: Waiting,
  request: ClaimRequest,
  { waitMs = DEFAULT_WAIT_MS, signal, onPosition }: WaitOptions,
): Promise<Turn> {
  const { registry, signals, clock } = deps;
  assertDuration('waitMs', waitMs, { mayBeEndless: true });
  const deadlineMs = clock.nowMs() + waitMs;
  signal?.throwIfAborted();
  signals.open();
  for (;;) {
    try {
      const sinceMs = clock.nowMs();
      const claimed = await registry.queue(request);
      if (claimed.kind === 'granted') {
        return { grant: await unlessAborted(registry, claimed.grant, signal), sinceMs };
      }
      return await untilGranted(deps, request, claimed.ticket, { sinceMs, deadlineMs, signal, onPosition });
    } catch (error) {
      // The line itself was lost with Redis's data, or nobody is served yet after a restart: once more from the end.
      const isWorthRetrying = error instanceof LeaseLostError || error instanceof RestartGraceError;
      if (!isWorthRetrying || clock.nowMs() >= deadlineMs) throw error;
      await pause(clock, Math.min(RETRY_MS, deadlineMs - clock.nowMs()), signal);
    }
  }
}

/** The caller has gone while Redis answered: nobody would ever release this lease. */
async function unlessAborted(registry: LockRegistry, grant: Grant, signal?: AbortSignal): Promise<Grant> {
  if (!signal?.aborted) return grant;
  await registry.release({ leaseId: grant.id, secret: grant.secret }).catch(() => {});
  throw signal.reason;
}

function untilGranted(
  { registry, signals, clock }: Waiting,
  request: ClaimRequest,
  ticket: Ticket,
  options: {
    sinceMs: number;
    deadlineMs: number;
    signal: AbortSignal | undefined;
    onPosition: WaitOptions['onPosition'];
  },
): Promise<Turn> {
  const { leaseId, secret, ttlMs, conflicts } = ticket;
  const { deadlineMs, signal, onPosition } = options;
  // The lease came into force after the last heartbeat that it gave while it waited.
  let { sinceMs } = options;
  const leaseSecret: LeaseSecret = { leaseId, secret };
  let position = 0;
  const notePosition = (now: number) => {
    if (now === position) return;
    position = now;
    onPosition?.({ position, conflicts });
  };

  return new Promise<Turn>((resolve, reject) => {
    let isOver = false;
    const stops = [
      signals.listen(leaseId, (news) => (news ? take(grantOf(news, ticket)) : void beat())),
      clock.every(BEAT_INTERVAL_MS, () => void beat()),
      clock.after(Math.max(0, deadlineMs - clock.nowMs()), () => void giveUp()),
    ];
    const onAbort = () => void giveUp();
    signal?.addEventListener('abort', onAbort, { once: true });

    function settle(how: () => void): void {
      if (isOver) return;
      isOver = true;
      for (const stop of stops) stop();
      signal?.removeEventListener('abort', onAbort);
      how();
    }

    function take(grant: Grant): void {
      // The caller has gone: giving up, which is under way, releases what was granted.
      if (!signal?.aborted) settle(() => resolve({ grant, sinceMs }));
    }

    async function beat(): Promise<void> {
      if (isOver) return;
      const beforeMs = clock.nowMs();
      try {
        const answer = await registry.stand(leaseSecret, ttlMs);
        if (isOver) return;
        sinceMs = beforeMs;
        if (answer.kind === 'granted') take(answer.grant);
        else notePosition(answer.position);
      } catch (error) {
        // Redis is away: the position may still be there when it comes back, and the time limit runs on.
        if (!(error instanceof UnavailableError)) settle(() => reject(error));
      }
    }

    /** Those whom it met at first have ended, and others hold the records: a takeover, or a line that was lost. */
    function whoIsInTheWay(): Promise<Conflict[]> {
      return registry.conflictsOf({ ...request, records: request.records.slice(0, MAX_RECORDS_PER_STEP) });
    }

    async function giveUp(): Promise<void> {
      if (isOver) return;
      try {
        const met = conflicts.map((conflict) => conflict.lease.id);
        const answer = await registry.withdraw(leaseSecret, ttlMs, met);
        if (answer.kind === 'withdrawn') {
          if (signal?.aborted) return settle(() => reject(signal.reason));
          const still = conflicts.filter((conflict) => answer.still.includes(conflict.lease.id));
          const named = still.length > 0 ? still : await whoIsInTheWay();
          settle(() => reject(new ConflictError(named)));
        } else if (signal?.aborted) {
          await registry.release(leaseSecret).catch(() => {});
          settle(() => reject(signal.reason));
        } else {
          settle(() => resolve({ grant: answer.grant, sinceMs }));
        }
      } catch (error) {
        // Nobody beats for it any more, so it expires by itself.
        settle(() => reject(signal?.aborted ? signal.reason : error));
      }
    }

    if (signal?.aborted) return void giveUp();
    try {
      notePosition(ticket.position);
    } catch (error) {
      return void registry
        .withdraw(leaseSecret, ttlMs, [])
        .catch(() => {})
        .then(() => settle(() => reject(error)));
    }
    // The word of its grant may have come before anybody listened.
    void beat();
  });
}

function pause(clock: Clock, ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      cancel();
      reject(signal!.reason);
    };
    const cancel = clock.after(Math.max(0, ms), () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
