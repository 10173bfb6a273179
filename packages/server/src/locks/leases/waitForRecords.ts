/**
 * Waits for records: joins the wait list, renews its position, and answers with the lease when it comes into force.
 *
 * A waiting lease covers nothing. If this process crashes, the observer removes it from the wait list. If the lease comes
 * into force in the very moment in which the waiter stops, by time or by signal, it is still released.
 */
import type { Clock } from '../../clock.ts';
import { assertDuration } from '../../durations.ts';
import { LeaseLostError } from '../../errors.ts';
import type { LockRegistry } from '../registry/lockRegistry.ts';
import type { AcquiredLease, LeaseRequest } from '../registry/requests.ts';
import { RestartGraceError } from '../registry/restartGrace.ts';
import { type WaitedLease, waitOnList } from './waitOnList.ts';
import type { WaitDeps, WaitOptions } from './waitTypes.ts';

export type { WaitOptions, WaitPosition } from './waitTypes.ts';

const DEFAULT_WAIT_MS = 30_000;
const RETRY_MS = 200;

/** @throws {ConflictError} when the time is over; {DeadlockError}; the signal's reason */
export async function waitForRecords(
  deps: WaitDeps,
  request: LeaseRequest,
  { waitMs = DEFAULT_WAIT_MS, signal, onPosition }: WaitOptions,
): Promise<WaitedLease> {
  const { registry, signals, clock } = deps;
  assertDuration('waitMs', waitMs, { mayBeEndless: true });
  const deadlineMs = clock.nowMs() + waitMs;
  signal?.throwIfAborted();
  signals.open();
  for (;;) {
    try {
      const sinceMs = clock.nowMs();
      const outcome = await registry.acquireOrWait(request);
      if (outcome.kind === 'acquired') {
        return { lease: await releaseIfAborted(registry, outcome.lease, signal), sinceMs };
      }
      return await waitOnList(deps, request, outcome.waiting, { sinceMs, deadlineMs, signal, onPosition });
    } catch (error) {
      // The wait list was lost with Redis's data, or the restart grace is open: try again, at the end of the list.
      const isWorthRetrying = error instanceof LeaseLostError || error instanceof RestartGraceError;
      if (!isWorthRetrying || clock.nowMs() >= deadlineMs) throw error;
      await pause(clock, Math.min(RETRY_MS, deadlineMs - clock.nowMs()), signal);
    }
  }
}

/** If the caller has gone while Redis answered, nobody would ever release this lease. */
async function releaseIfAborted(
  registry: LockRegistry,
  lease: AcquiredLease,
  signal?: AbortSignal,
): Promise<AcquiredLease> {
  if (!signal?.aborted) return lease;
  await registry.release({ leaseId: lease.id, secret: lease.secret }).catch(() => {});
  throw signal.reason;
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
