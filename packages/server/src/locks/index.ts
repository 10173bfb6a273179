/** `@rowlock/server/locks`: locks on Redis alone. It needs ioredis, and neither BullMQ nor Express nor Socket.IO. */
export type { Actor, Conflict, Holder, LeaseView, LockMode, LockScope, RecordKey } from '@rowlock/protocol';
export { RecordKeyError, recordKey, wholeResource } from '@rowlock/protocol';
export { ConflictError, DeadlockError, LeaseLostError, RowlockError, UnavailableError } from '../errors.ts';
export type { Logger } from '../logger.ts';
export type { LeaseHandle } from './leases/leaseHandle.ts';
export type { WaitOptions, WaitPosition } from './leases/waitTypes.ts';
export {
  createLocks,
  type LockRequest,
  type Locks,
  type LocksOptions,
  type TakeOver,
  type TakeOverQuestion,
  type WorkRequest,
} from './locks.ts';
export type { AuditMemory } from './registry/auditMemory.ts';
export type { AuditEntry, AuditPage, AuditTrail } from './registry/auditTrail.ts';
export type { Coverage } from './registry/coverage.ts';
export type { HierarchyRules, ResourceRules } from './registry/hierarchy.ts';
export type { FoundLease, LeaseFilter, LeasePage } from './registry/listing.ts';
export type { Extension, LockRegistry, RecordHolder, RecordLocks } from './registry/lockRegistry.ts';
export { createLockRegistry } from './registry/registry.ts';
export {
  type AcquiredLease,
  type AcquireRequest,
  type LeaseRequest,
  MAX_RECORDS_PER_LEASE,
  MAX_RECORDS_PER_STEP,
  type RevokeRequest,
  type TakeOverRequest,
  type WaitingLease,
} from './registry/requests.ts';
export { RestartGraceError } from './registry/restartGrace.ts';
