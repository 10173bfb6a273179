/**
 * What a holder in this process has in hand: a lease that renews itself, and a signal that aborts when it is lost.
 *
 * The signal does not wait for Redis to say so: if no renewal has succeeded within the TTL on this process's own
 * monotonic clock, somebody else may hold the records by now, and the work under the lease must stop (P4).
 */
import type { LeaseId, LeaseProof, RecordKey } from '@rowlock/protocol';
import type { Clock } from '../clock.ts';
import { LeaseLostError } from '../errors.ts';
import type { Grant, LockRegistry } from './registry.ts';

export interface LeaseHandle extends AsyncDisposable {
  id: LeaseId;
  secret: string;
  fence: string;
  records: readonly RecordKey[];
  /** Aborts with a `LeaseLostError` when the lease is lost, or may be */
  signal: AbortSignal;
  /** A renewal now, apart from the automatic ones. @throws {LeaseLostError} */
  renew(): Promise<void>;
  /**
   * Ends the lease. Does nothing where it has ended already. `await using` does the same, but leaves the lease to
   * expire by itself where Redis cannot be reached. @throws {UnavailableError}
   */
  release(): Promise<void>;
}

export function holdLease(
  registry: LockRegistry,
  clock: Clock,
  grant: Grant,
  records: readonly RecordKey[],
  requestedAtMs: number,
): LeaseHandle {
  const proof: LeaseProof = { leaseId: grant.id, secret: grant.secret };
  const abort = new AbortController();
  const intervalMs = grant.ttlMs / 3;
  let cancelDeadline = () => {};
  let cancelRenewal = () => {};
  let ended = false;

  function lose(): void {
    stop();
    abort.abort(new LeaseLostError(grant.id));
  }

  function stop(): void {
    ended = true;
    cancelDeadline();
    cancelRenewal();
  }

  /** The TTL runs from the moment before the request that succeeded, as the observer's count may. */
  function extendDeadline(sinceMs: number): void {
    cancelDeadline();
    cancelDeadline = clock.after(Math.max(0, sinceMs + grant.ttlMs - clock.nowMs()), lose);
  }

  function scheduleRenewal(): void {
    // Jitter of ±10 %, so that holders that began together do not renew together.
    cancelRenewal = clock.after(intervalMs * (0.9 + 0.2 * Math.random()), async () => {
      try {
        await renew();
      } catch {
        // Redis is away: the deadline decides.
      }
      if (!ended) scheduleRenewal();
    });
  }

  async function renew(): Promise<void> {
    const beforeMs = clock.nowMs();
    try {
      await registry.renew(proof);
      if (!ended) extendDeadline(beforeMs);
    } catch (error) {
      if (error instanceof LeaseLostError && !ended) lose();
      throw error;
    }
  }

  async function release(): Promise<void> {
    if (ended) return;
    stop();
    try {
      await registry.release(proof);
    } catch (error) {
      if (!(error instanceof LeaseLostError)) throw error;
    }
  }

  extendDeadline(requestedAtMs);
  scheduleRenewal();
  return {
    id: grant.id,
    secret: grant.secret,
    fence: grant.fence,
    records,
    signal: abort.signal,
    renew,
    release,
    // The work under the lease is done: that Redis is away now must not turn its success into a failure.
    [Symbol.asyncDispose]: () => release().catch(() => {}),
  };
}
