/**
 * The term of a lease on this process's own monotonic clock: it renews the lease, and ends with it.
 *
 * It does not wait for Redis to report a loss. If no renewal has succeeded within the TTL, somebody else may hold the
 * records by now (P4).
 */
import type { LeaseId } from '@rowlock/protocol';
import type { Clock } from '../../clock.ts';
import { LeaseLostError } from '../../errors.ts';

/** The pause after a failed renewal. */
const RETRY_MS = 1_000;

export interface LeaseTerm {
  hasEnded(): boolean;
  /** A call under the lease, which prolongs it if it succeeds. @throws {LeaseLostError}, which ends the term */
  attempt<T>(ask: () => Promise<T>): Promise<T>;
  /** Renews now. One renewal at a time */
  renew(): Promise<void>;
  /** Ends the term without a loss */
  stop(): void;
  /** Ends the term, and calls `onLost` */
  lose(): void;
}

export function startLeaseTerm(options: {
  clock: Clock;
  leaseId: LeaseId;
  ttlMs: number;
  /** Monotonic ms from which on the lease is known to be in force */
  sinceMs: number;
  renew(): Promise<void>;
  onEnd(): void;
  onLost(error: LeaseLostError): void;
}): LeaseTerm {
  const { clock, leaseId, ttlMs, onEnd, onLost } = options;
  const intervalMs = ttlMs / 3;
  let cancelDeadline = () => {};
  let cancelRenewal = () => {};
  let renewing: Promise<void> | undefined;
  let hasEnded = false;

  function stop(): void {
    if (hasEnded) return;
    hasEnded = true;
    cancelDeadline();
    cancelRenewal();
    onEnd();
  }

  function lose(): void {
    if (hasEnded) return;
    stop();
    onLost(new LeaseLostError(leaseId));
  }

  /** The TTL runs from the moment before the successful request, as an observer's count may. */
  function prolong(sinceMs: number): void {
    cancelDeadline();
    cancelDeadline = clock.after(Math.max(0, sinceMs + ttlMs - clock.nowMs()), lose);
  }

  async function attempt<T>(ask: () => Promise<T>): Promise<T> {
    if (hasEnded) throw new LeaseLostError(leaseId);
    const beforeMs = clock.nowMs();
    try {
      const answer = await ask();
      if (!hasEnded) prolong(beforeMs);
      return answer;
    } catch (error) {
      if (error instanceof LeaseLostError) lose();
      throw error;
    }
  }

  function renew(): Promise<void> {
    renewing ??= attempt(options.renew).finally(() => {
      renewing = undefined;
    });
    return renewing;
  }

  function scheduleRenewal(inMs = intervalMs): void {
    // Jitter of ±10 %, so that leases of the same age do not renew at the same time.
    cancelRenewal = clock.after(inMs * (0.9 + 0.2 * Math.random()), async () => {
      // If Redis is away or refuses writes, the deadline decides. Observers check again every second, and so do holders.
      const isRenewed = await renew().then(
        () => true,
        () => false,
      );
      if (!hasEnded) scheduleRenewal(isRenewed ? intervalMs : Math.min(intervalMs, RETRY_MS));
    });
  }

  prolong(options.sinceMs);
  scheduleRenewal();
  return { hasEnded: () => hasEnded, attempt, renew, stop, lose };
}
