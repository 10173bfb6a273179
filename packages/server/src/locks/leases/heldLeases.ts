/** The leases that this process holds: acquired at once or after waiting, renewed, and checked after an outage of Redis. */
import type { Clock } from '../../clock.ts';
import { RowlockError } from '../../errors.ts';
import type { Tracing } from '../../telemetry/tracing.ts';
import type { LockRegistry } from '../registry/lockRegistry.ts';
import type { AcquiredLease, LeaseRequest } from '../registry/requests.ts';
import type { AcquiredSignals } from './acquiredSignals.ts';
import { findJoinable } from './criticalSections.ts';
import { type HeldLease, holdLease, type LeaseHandle } from './leaseHandle.ts';
import type { LockRequest } from './lockRequests.ts';
import { waitForRecords } from './waitForRecords.ts';

export interface HeldLeases {
  acquire(request: LockRequest): Promise<LeaseHandle>;
  /** Holds a lease that was acquired for `request`, which was made at `sinceMs`. */
  hold(request: LeaseRequest, lease: AcquiredLease, sinceMs: number): LeaseHandle;
  isHeld(lease: LeaseHandle): boolean;
  markTransferred(lease: LeaseHandle): void;
  /** Renews all leases now. A restart of Redis may have lost leases that only their holders know. */
  checkNow(): void;
  /** Leaves all leases to expire, and stops all waiting. */
  close(): Promise<void>;
}

interface HeldLeaseDeps {
  namespace: string;
  registry: LockRegistry;
  signals: AcquiredSignals;
  tracing: Tracing;
  clock: Clock;
}

export function createHeldLeases(deps: HeldLeaseDeps): HeldLeases {
  const { registry, clock } = deps;
  const held = new Map<LeaseHandle, HeldLease>();
  const waits = createWaits(deps);

  function hold(request: LeaseRequest, acquired: AcquiredLease, sinceMs: number): LeaseHandle {
    const onEnd = () => held.delete(lease.handle);
    const lease = holdLease({ registry, clock, lease: acquired, request, sinceMs, onEnd });
    held.set(lease.handle, lease);
    return lease.handle;
  }

  return {
    hold,

    async acquire(lockRequest) {
      const { onConflict = 'refuse', waitMs: _, signal, onPosition: __, ...rest } = lockRequest;
      const request: LeaseRequest = { ...rest, expiry: 'heartbeat' };
      signal?.throwIfAborted();
      const requestedAtMs = clock.nowMs();
      if (onConflict !== 'wait') {
        return hold(request, await registry.acquire({ ...request, onConflict }), requestedAtMs);
      }
      const { lease, sinceMs } = await waits.wait(request, lockRequest);
      return hold(request, lease, sinceMs);
    },

    isHeld: (lease) => held.has(lease),
    markTransferred: (lease) => held.get(lease)?.lose(),

    checkNow() {
      for (const lease of held.values()) lease.checkNow();
    },

    async close() {
      for (const lease of [...held.values()]) lease.abandon();
      await waits.close();
    },
  };
}

function createWaits({ namespace, registry, signals, tracing, clock }: HeldLeaseDeps) {
  const closing = new AbortController();
  const inProgress = new Set<Promise<unknown>>();
  return {
    async wait(request: LeaseRequest, { waitMs, signal, onPosition }: LockRequest) {
      const outer = findJoinable(namespace, request.holder)?.joinable;
      if (outer) {
        throw new RowlockError(
          'bad_request',
          `This code already works under lease ${outer.lease.id} of the same holder. Waiting while holding a lease can ` +
            'deadlock. Lock all records in one call, or extend the lease, which never waits.',
        );
      }
      const attributes = {
        'rowlock.records.count': request.records.length,
        'rowlock.holder.type': request.holder.type,
      };
      const waiting = tracing.span('rowlock.wait', attributes, () =>
        waitForRecords({ registry, signals, clock }, request, {
          ...(waitMs !== undefined && { waitMs }),
          ...(onPosition && { onPosition }),
          signal: signal ? AbortSignal.any([signal, closing.signal]) : closing.signal,
        }),
      );
      inProgress.add(waiting);
      return waiting.finally(() => inProgress.delete(waiting));
    },
    async close() {
      closing.abort(
        new RowlockError('unavailable', 'This process is closing. Nothing was locked; ask another process.'),
      );
      await Promise.allSettled(inProgress);
    },
  };
}
