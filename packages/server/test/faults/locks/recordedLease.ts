/** A lease in hand whose every use is written down, and for how long its holder had no doubt about it. */
import type { Holder, RecordKey } from '@rowlock/protocol';
import { ConflictError, LeaseLostError } from '../../../src/errors.ts';
import type { LeaseHandle } from '../../../src/locks/leases/leaseHandle.ts';
import type { Locks } from '../../../src/locks/locks.ts';
import { RestartGraceError } from '../../../src/locks/registry/restartGrace.ts';
import type { GuardedCounters } from './guardedCounters.ts';
import { type Denied, nowMs, type Operation, type Refused, type Unanswered } from './history.ts';

export type Note = (operation: Operation) => void;

const LOOK_MS = 10;
const NOTE_EVERY_MS = 50;

/** What an error means for the history. */
export function readError(error: unknown): Refused | Denied | Unanswered {
  if (error instanceof ConflictError) {
    const named = error.conflicts.map(({ lease }) => ({ leaseId: lease.id, holderId: lease.holder.id }));
    return { kind: 'refused', named };
  }
  if (error instanceof LeaseLostError) return { kind: 'denied', why: 'lost' };
  if (error instanceof RestartGraceError) return { kind: 'denied', why: 'grace' };
  return { kind: 'unanswered' };
}

const asNoConflict = (answer: Refused | Denied | Unanswered): Denied | Unanswered =>
  answer.kind === 'refused' ? { kind: 'unanswered' } : answer;

/** Calls, and says when it began and ended, and what came of it. */
async function timed<T>(call: () => Promise<T>) {
  const beginMs = nowMs();
  try {
    const value = await call();
    return { beginMs, endMs: nowMs(), value };
  } catch (error) {
    return { beginMs, endMs: nowMs(), error };
  }
}

export interface RecordedLease {
  isCertain(): boolean;
  extend(records: readonly RecordKey[]): Promise<void>;
  free(records: readonly RecordKey[]): Promise<void>;
  /** Reads the counter, waits, and writes one more. */
  raise(counter: string, pause: () => Promise<void>): Promise<void>;
  release(): Promise<void>;
  /** Hands the lease to this client's next holder, who renews it, and lets it go after `pause`. */
  handOver(holder: Holder, pause: () => Promise<void>): Promise<void>;
  /** Stops looking at the signal; the lease stays as it is. */
  leave(): void;
}

export function recordLease(options: {
  client: string;
  locks: Locks;
  counters: GuardedCounters;
  lease: LeaseHandle;
  note: Note;
}): RecordedLease {
  const { client, locks, counters, lease, note } = options;
  const leaseId = lease.id;
  const watch = watchSignal(lease.signal, (atMs) => note({ verb: 'certain', client, leaseId, atMs }));

  return {
    isCertain: () => !lease.signal.aborted,

    async extend(records) {
      const { error, beginMs, endMs } = await timed(() => lease.extend(records));
      const answer = error ? readError(error) : { kind: 'acquired' as const, fence: lease.fence };
      note({ verb: 'extend', client, leaseId, records, beginMs, endMs, answer });
    },

    async free(records) {
      const { error, beginMs, endMs } = await timed(() => lease.release(records));
      // A handle whose lease has ended answers without asking anybody.
      const isMoot = !error && lease.signal.aborted;
      const answer = error
        ? asNoConflict(readError(error))
        : isMoot
          ? { kind: 'denied' as const, why: 'lost' as const }
          : { kind: 'done' as const };
      note({ verb: 'free', client, leaseId, records, beginMs, endMs, answer });
    },

    async raise(counter, pause) {
      const { fence } = lease;
      const beginMs = nowMs();
      const read = await counters.seal(counter, fence);
      if (read === undefined) return;
      await pause();
      const kind = (await counters.write(counter, fence, read + 1)) ? 'done' : 'fenced';
      note({ verb: 'write', client, counter, fence, read, beginMs, endMs: nowMs(), answer: { kind } });
    },

    async release() {
      watch.stop();
      const wasLost = lease.signal.aborted;
      const { error, beginMs, endMs } = await timed(() => lease.release());
      // A handle says nothing where it has found its lease gone: all that is known then is that it is over.
      const answer = { kind: error || wasLost ? ('unanswered' as const) : ('over' as const) };
      note({ verb: 'release', client, leaseId, beginMs, endMs, answer });
    },

    async handOver(holder, pause) {
      const { error, value: owned, beginMs, endMs } = await timed(() => lease.transfer(holder));
      watch.stop();
      const answer = owned
        ? { kind: 'acquired' as const, fence: owned.fence }
        : asNoConflict(readError(error));
      note({ verb: 'transfer', client, leaseId, toHolderId: holder.id, beginMs, endMs, answer });
      if (!owned) return;
      const leaseSecret = { leaseId, secret: owned.secret };
      await pause();
      const renewal = await timed(() => locks.registry.renew(leaseSecret));
      if (!renewal.error) note({ verb: 'certain', client, leaseId, atMs: renewal.beginMs });
      const end = await timed(() => locks.registry.release(leaseSecret));
      const ended = end.error ? asNoConflict(readError(end.error)) : { kind: 'done' as const };
      note({ verb: 'release', client, leaseId, beginMs: end.beginMs, endMs: end.endMs, answer: ended });
    },

    leave: watch.stop,
  };
}

/**
 * Tells until when the signal had certainly not aborted. Where a look finds it so, it was so at the look before: timers
 * that were due by then have run in between. At the look itself it need not: after a freeze, the looking timer may run
 * before the one that aborts.
 */
function watchSignal(signal: AbortSignal, tell: (atMs: number) => void): { stop(): void } {
  let lastMs = 0;
  let toldMs = 0;
  let knownMs = 0;
  const timer = setInterval(() => {
    if (signal.aborted) return stop();
    // A timer may be due up to 2 ms later than its time, by Node's rounding.
    knownMs = lastMs - 2;
    lastMs = nowMs();
    if (toldMs === 0 || knownMs - toldMs >= NOTE_EVERY_MS) say();
  }, LOOK_MS);
  function say(): void {
    if (knownMs <= toldMs) return;
    toldMs = knownMs;
    tell(knownMs);
  }
  function stop(): void {
    clearInterval(timer);
    say();
  }
  return { stop };
}
