/** A lease in the hands of its holder in this process: it renews itself, and its signal aborts when it is lost. */
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
import type { AcquiredLease, AcquireRequest, LeaseExpiry, LeaseRequest } from '../registry/requests.ts';
import { startLeaseTerm } from './leaseTerm.ts';

export interface LeaseHandle extends AsyncDisposable {
  readonly id: LeaseId;
  readonly secret: string;
  /**
   * The newest fencing token, in decimal digits. It rises with `extend`, and when this process acquires the lease again
   * after a restart of Redis has lost it. So read it once for a whole read-modify-write: do not write under another fence
   * than the one under which you sealed and read the rows.
   */
  readonly fence: string;
  /** The records that the lease covers now, as they were requested */
  readonly records: readonly RecordKey[];
  /** With `onConflict: 'skip'`: the blocked records, and the leases that block them */
  readonly skipped: readonly RecordKey[];
  readonly conflicts: readonly Conflict[];
  /** Aborts with a `LeaseLostError` when the lease is lost, or may be, or was transferred to another holder */
  readonly signal: AbortSignal;
  /** Renews now, in addition to the automatic renewals. @throws {LeaseLostError} */
  renew(): Promise<void>;
  /**
   * Adds records to the lease, at most 10,000 a call: all or nothing; with `skip` the free ones, and then the answer is the
   * blocked ones. Never waits. @throws {ConflictError} {LeaseLostError}
   */
  extend(
    records: readonly RecordKey[],
    options?: { scope?: LockScope; onConflict?: 'refuse' | 'skip' },
  ): Promise<readonly RecordKey[]>;
  /**
   * Ends the lease, or releases only `records`. Does nothing if the lease has ended already. `await using` ends it too, but
   * leaves it to expire if Redis cannot be reached. @throws {UnavailableError}
   */
  release(records?: readonly RecordKey[]): Promise<void>;
  /**
   * Transfers the lease to another holder without a gap. Afterwards this handle has lost it. Answers what the new holder
   * needs. @throws {LeaseLostError}
   */
  transfer(holder: Holder, options?: { ttlMs?: number; expiry?: LeaseExpiry }): Promise<OwnedLease>;
}

/** A handle, with the duties of the process. */
export interface HeldLease {
  handle: LeaseHandle;
  /** Renews at once: Redis has returned */
  checkNow(): void;
  /** Stops renewing, and leaves the lease to expire */
  abandon(): void;
  /** Another holder has it now: the work under it must stop */
  lose(): void;
}

export function holdLease(options: {
  registry: LockRegistry;
  clock: Clock;
  lease: AcquiredLease;
  request: LeaseRequest;
  /** Monotonic ms before the request, or from which on the lease is known to be in force */
  sinceMs: number;
  onEnd(): void;
}): HeldLease {
  const { registry, clock, lease, request, sinceMs, onEnd } = options;
  const { id, secret, ttlMs, skipped, conflicts } = lease;
  const leaseSecret: LeaseSecret = { leaseId: id, secret };
  const abort = new AbortController();
  let records = without(request.records, skipped);
  let { fence } = lease;
  let hasOtherScopes = false;

  const term = startLeaseTerm({
    clock,
    leaseId: id,
    ttlMs,
    sinceMs,
    onEnd,
    onLost: (error) => abort.abort(error),
    async renew() {
      try {
        await registry.renew(leaseSecret);
      } catch (error) {
        // Perhaps it was lost with Redis's data. A lease of several scopes cannot be requested again in one call.
        if (!(error instanceof LeaseLostError) || term.hasEnded() || hasOtherScopes) throw error;
        ({ fence } = await registry.reassert(leaseSecret, { ...request, ttlMs, records }));
      }
    },
  });

  async function release(some?: readonly RecordKey[]): Promise<void> {
    if (term.hasEnded() || some?.length === 0) return;
    if (some === undefined) {
      term.stop();
      return registry.release(leaseSecret).catch(unlessLost);
    }
    if ((await term.attempt(() => registry.releaseRecords(leaseSecret, some))) === 0) return term.stop();
    records = without(records, some);
  }

  const handle: LeaseHandle = {
    id,
    secret,
    get fence() {
      return fence;
    },
    get records() {
      return records;
    },
    skipped,
    conflicts,
    signal: abort.signal,
    renew: term.renew,
    async extend(more, extendOptions: Pick<AcquireRequest, 'scope' | 'onConflict'> = {}) {
      const extension = await term.attempt(() =>
        registry.extend(leaseSecret, { records: more, ...extendOptions }),
      );
      fence = extension.fence;
      hasOtherScopes ||= (extendOptions.scope ?? 'record') !== (request.scope ?? 'record');
      records = [...new Set([...records, ...without(more, extension.skipped)])];
      return extension.skipped;
    },
    release,
    async transfer(holder, transferOptions = {}) {
      const transferred = await term.attempt(() =>
        registry.transfer(leaseSecret, { holder, ...transferOptions }),
      );
      term.lose();
      return transferred;
    },
    // The work under the lease is done, and must not fail because Redis cannot be reached now.
    [Symbol.asyncDispose]: () => release().catch(() => {}),
  };
  return { handle, checkNow: () => void term.renew().catch(() => {}), abandon: term.stop, lose: term.lose };
}

function without(records: readonly RecordKey[], some: readonly RecordKey[]): readonly RecordKey[] {
  if (some.length === 0) return records;
  const excluded = new Set(some);
  return records.filter((key) => !excluded.has(key));
}

function unlessLost(error: unknown): void {
  if (!(error instanceof LeaseLostError)) throw error;
}
