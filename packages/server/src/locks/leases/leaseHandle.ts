/**
 * What a holder in this process has in hand: a lease that renews itself, and a signal that aborts when it is lost.
 *
 * The signal does not wait for Redis to say so: if no renewal has succeeded within the TTL on this process's own
 * monotonic clock, somebody else may hold the records by now, and the work under the lease must stop (P4).
 */
import type {
  Conflict,
  Holder,
  LeaseId,
  LeaseSecret,
  LockScope,
  OwnedLease,
  RecordKey,
} from '@rowlock/protocol';
import type { Clock } from '../../clock.ts';
import { LeaseLostError } from '../../errors.ts';
import type { LockRegistry } from '../registry/lockRegistry.ts';
import type { AcquireRequest, ClaimRequest, Grant, LeaseExpiry } from '../registry/requests.ts';

/** After a renewal that failed. */
const RETRY_MS = 1_000;

export interface LeaseHandle extends AsyncDisposable {
  readonly id: LeaseId;
  readonly secret: string;
  /**
   * The newest fencing token, as decimal digits. It rises with `extend`, and where a restart of Redis has lost the lease
   * and this process got it back. So read it once for a whole read-modify-write: what was sealed and read under one
   * fence must not be written under another.
   */
  readonly fence: string;
  /** What the lease covers now, as it was asked for */
  readonly records: readonly RecordKey[];
  /** With `onConflict: 'skip'`: what was not free, and who holds it */
  readonly skipped: readonly RecordKey[];
  readonly conflicts: readonly Conflict[];
  /** Aborts with a `LeaseLostError` when the lease is lost, or may be, or has been handed to another holder */
  readonly signal: AbortSignal;
  /** A renewal now, apart from the automatic ones. @throws {LeaseLostError} */
  renew(): Promise<void>;
  /**
   * More records under the same lease, at most 10,000 a call; all or nothing, or with `skip` what is free, and then
   * the answer is what was not. Never waits. @throws {ConflictError} {LeaseLostError}
   */
  extend(
    records: readonly RecordKey[],
    options?: { scope?: LockScope; onConflict?: 'refuse' | 'skip' },
  ): Promise<readonly RecordKey[]>;
  /**
   * Ends the lease, or lets `records` go as they are finished. Does nothing where it has ended already. `await using`
   * ends it too, but leaves the lease to expire by itself where Redis cannot be reached. @throws {UnavailableError}
   */
  release(records?: readonly RecordKey[]): Promise<void>;
  /** Hands the lease over without a gap; this handle has lost it then. What the new holder needs. @throws {LeaseLostError} */
  transfer(holder: Holder, options?: { ttlMs?: number; expiry?: LeaseExpiry }): Promise<OwnedLease>;
}

/** A handle, as the process looks after it. */
export interface HeldLease {
  handle: LeaseHandle;
  /** Renews at once: Redis has come back */
  checkNow(): void;
  /** Stops renewing, and leaves the lease to expire */
  abandon(): void;
  /** Another holder has it now: the work under it must stop */
  lose(): void;
}

export function holdLease(options: {
  registry: LockRegistry;
  clock: Clock;
  grant: Grant;
  request: ClaimRequest;
  /** Monotonic ms before the request that was granted, or from which on it is known to be in force */
  sinceMs: number;
  onEnd(): void;
}): HeldLease {
  const { registry, clock, grant, request, onEnd } = options;
  const leaseSecret: LeaseSecret = { leaseId: grant.id, secret: grant.secret };
  const abort = new AbortController();
  const intervalMs = grant.ttlMs / 3;
  const skipped = new Set(grant.skipped);
  let records: readonly RecordKey[] = skipped.size
    ? request.records.filter((key) => !skipped.has(key))
    : request.records;
  let fence = grant.fence;
  let hasOtherScopes = false;
  let cancelDeadline = () => {};
  let cancelRenewal = () => {};
  let renewing: Promise<void> | undefined;
  let ended = false;

  function lose(): void {
    if (ended) return;
    stop();
    abort.abort(new LeaseLostError(grant.id));
  }

  function stop(): void {
    if (ended) return;
    ended = true;
    cancelDeadline();
    cancelRenewal();
    onEnd();
  }

  /** The TTL runs from the moment before the request that succeeded, as the observer's count may. */
  function extendDeadline(sinceMs: number): void {
    cancelDeadline();
    cancelDeadline = clock.after(Math.max(0, sinceMs + grant.ttlMs - clock.nowMs()), lose);
  }

  function scheduleRenewal(inMs = intervalMs): void {
    // Jitter of ±10 %, so that holders that began together do not renew together.
    cancelRenewal = clock.after(inMs * (0.9 + 0.2 * Math.random()), async () => {
      // If Redis is away or refuses writes, the deadline decides. Observers look again every second, and so do holders.
      const isRenewed = await renew().then(
        () => true,
        () => false,
      );
      if (!ended) scheduleRenewal(isRenewed ? intervalMs : Math.min(intervalMs, RETRY_MS));
    });
  }

  async function attempt<T>(ask: () => Promise<T>): Promise<T> {
    if (ended) throw new LeaseLostError(grant.id);
    const beforeMs = clock.nowMs();
    try {
      const answer = await ask();
      if (!ended) extendDeadline(beforeMs);
      return answer;
    } catch (error) {
      if (error instanceof LeaseLostError && !ended) lose();
      throw error;
    }
  }

  function renew(): Promise<void> {
    renewing ??= attempt(renewOrReassert).finally(() => {
      renewing = undefined;
    });
    return renewing;
  }

  async function renewOrReassert(): Promise<void> {
    try {
      await registry.renew(leaseSecret);
    } catch (error) {
      // Not lost by anybody's doing, perhaps, but with Redis's data; a mixture of scopes is not asked for again.
      if (!(error instanceof LeaseLostError) || ended || hasOtherScopes) throw error;
      ({ fence } = await registry.reassert(leaseSecret, { ...request, ttlMs: grant.ttlMs, records }));
    }
  }

  async function release(some?: readonly RecordKey[]): Promise<void> {
    if (ended || some?.length === 0) return;
    if (some === undefined) {
      stop();
      return registry.release(leaseSecret).catch(unlessLost);
    }
    if ((await attempt(() => registry.free(leaseSecret, some))) === 0) return stop();
    const gone = new Set(some);
    records = records.filter((key) => !gone.has(key));
  }

  extendDeadline(options.sinceMs);
  scheduleRenewal();
  const handle: LeaseHandle = {
    id: grant.id,
    secret: grant.secret,
    get fence() {
      return fence;
    },
    get records() {
      return records;
    },
    skipped: grant.skipped,
    conflicts: grant.conflicts,
    signal: abort.signal,
    renew,
    async extend(more, extendOptions: Pick<AcquireRequest, 'scope' | 'onConflict'> = {}) {
      const extension = await attempt(() =>
        registry.extend(leaseSecret, { records: more, ...extendOptions }),
      );
      fence = extension.fence;
      hasOtherScopes ||= (extendOptions.scope ?? 'record') !== (request.scope ?? 'record');
      const left = new Set(extension.skipped);
      records = [...new Set([...records, ...more.filter((key) => !left.has(key))])];
      return extension.skipped;
    },
    release,
    async transfer(holder, transferOptions = {}) {
      const lease = await attempt(() => registry.transfer(leaseSecret, { holder, ...transferOptions }));
      lose();
      return lease;
    },
    // The work under the lease is done: that Redis is away now must not turn its success into a failure.
    [Symbol.asyncDispose]: () => release().catch(() => {}),
  };
  return { handle, checkNow: () => void renew().catch(() => {}), abandon: stop, lose };
}

function unlessLost(error: unknown): void {
  if (!(error instanceof LeaseLostError)) throw error;
}
