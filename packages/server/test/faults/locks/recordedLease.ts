/** A lease that records each of its uses, and until when its holder was certain of it. */
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

/** The answer that an error stands for. */
export function readError(error: unknown): Refused | Denied | Unanswered {
  if (error instanceof ConflictError) {
    const named = error.conflicts.map(({ lease }) => ({ leaseId: lease.id, holderId: lease.holder.id }));
    return { kind: 'refused', named };
  }
  if (error instanceof LeaseLostError) return { kind: 'denied', why: 'lost' };
  if (error instanceof RestartGraceError) return { kind: 'denied', why: 'restart grace' };
  return { kind: 'unanswered' };
}

const asNoConflict = (answer: Refused | Denied | Unanswered): Denied | Unanswered =>
  answer.kind === 'refused' ? { kind: 'unanswered' } : answer;

/** Makes a call, and returns when it began and ended, with its value or its error. */
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
  /** Reads the counter, waits, and writes the next value. */
  raise(counter: string, pause: () => Promise<void>): Promise<void>;
  release(): Promise<void>;
  /** Transfers the lease to this client's next holder, which renews it, and releases it after `pause`. */
  transfer(holder: Holder, pause: () => Promise<void>): Promise<void>;
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
      // A handle whose lease has ended answers without a call to Redis.
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
      // A handle does not report that its lease was gone before. So this only shows that the lease is over now.
      const answer = { kind: error || wasLost ? ('unanswered' as const) : ('over' as const) };
      note({ verb: 'release', client, leaseId, beginMs, endMs, answer });
    },

    async transfer(holder, pause) {
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
  };
}

/**
 * Reports until when the signal had certainly not aborted. If a look finds no abort, the holder was right to be certain at
 * the look before, since all timers that were due then have run in between. It may be wrong at the look itself: after a
 * freeze, the timer of the look may run before the timer that aborts.
 */
function watchSignal(signal: AbortSignal, report: (atMs: number) => void): { stop(): void } {
  let lastMs = 0;
  let reportedMs = 0;
  let knownMs = 0;
  const timer = setInterval(() => {
    if (signal.aborted) return stop();
    // Node's rounding may delay a timer by up to 2 ms.
    knownMs = lastMs - 2;
    lastMs = nowMs();
    if (reportedMs === 0 || knownMs - reportedMs >= NOTE_EVERY_MS) reportKnown();
  }, LOOK_MS);
  function reportKnown(): void {
    if (knownMs <= reportedMs) return;
    reportedMs = knownMs;
    report(knownMs);
  }
  function stop(): void {
    clearInterval(timer);
    reportKnown();
  }
  return { stop };
}
