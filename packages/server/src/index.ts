export type { Actor, Conflict, Holder, LeaseView, LockMode, RecordKey, TaskView } from '@rowlock/protocol';
export { recordKey } from '@rowlock/protocol';
export { createRowlock, type Rowlock, type RowlockOptions } from './createRowlock.ts';
export { ConflictError, LeaseLostError, RowlockError, UnavailableError } from './errors.ts';
export type { RowlockHooks } from './hooks.ts';
export type { GuardedWrite, GuardOptions } from './http/guard.ts';
export { sendProblem } from './http/problems.ts';
export type { LeaseHandle } from './locks/leaseHandle.ts';
export type { HeldRequest, Locks } from './locks/locks.ts';
export {
  type AcquireRequest,
  createLockRegistry,
  type Grant,
  type LockRegistry,
  type LockSnapshot,
  MAX_RECORDS_PER_LEASE,
} from './locks/registry.ts';
export type { Logger } from './logger.ts';
export type { Authenticate, Authorize, AuthorizeQuestion, Credentials } from './permissions.ts';
export { keysOf } from './redis/keys.ts';
export { AttemptStopped, type StopReason } from './tasks/attempt.ts';
export {
  defineTask,
  type TaskContext,
  type TaskDefinition,
  type TaskProgressReporter,
  type TaskSpec,
} from './tasks/defineTask.ts';
export type { LaunchOptions, Tasks } from './tasks/tasks.ts';
export type { TaskWorker, WorkerOptions } from './tasks/worker.ts';
