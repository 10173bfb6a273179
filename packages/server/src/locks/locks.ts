/** The lock registry as an application uses it: leases that renew themselves, and work under a lock. */
import type { RecordKey } from '@rowlock/protocol';
import type { Clock } from '../clock.ts';
import { holdLease, type LeaseHandle } from './leaseHandle.ts';
import type { AcquireRequest, LockRegistry, LockSnapshot } from './registry.ts';

export type HeldRequest = Omit<AcquireRequest, 'expiry'>;

export interface Locks {
  /** All of the records, or nothing. @throws {ConflictError} naming every lease in the way */
  acquire(request: HeldRequest): Promise<LeaseHandle>;
  /** Runs `fn` under a lease and releases it, however `fn` ends. @throws {ConflictError} before `fn` is called */
  withLock<T>(request: HeldRequest, fn: (lease: LeaseHandle) => Promise<T>): Promise<T>;
  /** Who holds which of these records now; free ones are absent. */
  check(records: readonly RecordKey[]): Promise<LockSnapshot>;
}

export function createLocks(registry: LockRegistry, clock: Clock): Locks {
  async function acquire(request: HeldRequest): Promise<LeaseHandle> {
    const requestedAtMs = clock.nowMs();
    const grant = await registry.acquire({ ...request, expiry: 'heartbeat' });
    return holdLease(registry, clock, grant, request.records, requestedAtMs);
  }
  return {
    acquire,
    async withLock(request, fn) {
      await using lease = await acquire(request);
      return await fn(lease);
    },
    check: (records) => registry.check(records),
  };
}
