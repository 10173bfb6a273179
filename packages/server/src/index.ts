export type {
  Actor,
  Conflict,
  Holder,
  LeaseView,
  LockMode,
  LockScope,
  RecordKey,
  TaskView,
} from '@rowlock/protocol';
export { RecordKeyError, recordKey, wholeResource } from '@rowlock/protocol';
export { createRowlock, type Rowlock, type RowlockOptions, type SessionOptions } from './createRowlock.ts';
export { ConflictError, DeadlockError, LeaseLostError, RowlockError, UnavailableError } from './errors.ts';
export type { Guard, GuardedWrite, GuardOptions } from './http/guard.ts';
export { sendProblem } from './http/problems.ts';
export type { AuditMemory } from './locks/auditMemory.ts';
export type { AuditEntry, AuditPage, AuditTrail } from './locks/auditTrail.ts';
export type { Coverage } from './locks/coverage.ts';
export type { HierarchyRules, ResourceRules } from './locks/hierarchy.ts';
export type { LeaseHandle } from './locks/leaseHandle.ts';
export type { FoundLease, LeaseFilter, LeasePage } from './locks/listing.ts';
export type { Extension, LockRegistry, LockSnapshot, RecordHolder } from './locks/lockRegistry.ts';
export {
  createLocks,
  type HeldRequest,
  type Locks,
  type LocksOptions,
  type TakeOver,
  type TakeOverQuestion,
  type WorkRequest,
} from './locks/locks.ts';
export { createLockRegistry } from './locks/registry.ts';
export {
  type AcquireRequest,
  type ClaimRequest,
  type Grant,
  MAX_RECORDS_PER_LEASE,
  MAX_RECORDS_PER_STEP,
  type RevokeRequest,
  type TakeOverRequest,
  type Ticket,
} from './locks/requests.ts';
export { RestartGraceError } from './locks/restartGrace.ts';
export type { WaitOptions, WaitPosition } from './locks/waitInLine.ts';
export type { Logger } from './logger.ts';
export type { AcquireResult } from './metrics/counts.ts';
export type {
  LeaseStanding,
  Measurements,
  NamespaceMeasurements,
  OpenState,
  ProcessMeasurements,
} from './metrics/measurements.ts';
export type { Authenticate, AuthOptions, Authorize, AuthorizeQuestion, Credentials } from './permissions.ts';
export { keysOf } from './redis/keys.ts';
export {
  type FailureNotice,
  type FailureNoticeOptions,
  failureNotices,
} from './subscribers/failureNotices.ts';
export type {
  LeaseEvent,
  Subscriber,
  SubscriberContext,
  SubscriberGap,
  SubscriberState,
  SubscriberStatus,
  Subscribers,
  TaskEvent,
  TaskEventKind,
} from './subscribers/subscriber.ts';
export { AttemptStopped, type StopReason } from './tasks/attempt.ts';
export type { CancelOptions } from './tasks/cancel.ts';
export type { TaskContext, TaskProgressReporter } from './tasks/defineTask.ts';
export { defineTask, type TaskDefinition, type TaskSpec } from './tasks/defineTask.ts';
export type { Launched } from './tasks/launch.ts';
export type { LaunchRequest, LaunchResult } from './tasks/launchMany.ts';
export type { LaunchOptions } from './tasks/launchOptions.ts';
export type { Preview } from './tasks/preview.ts';
export { QUEUE_NAME } from './tasks/queue.ts';
export {
  outcomeInWords,
  type ReconcilerAction,
  type ReconcilerOutcome,
  type Reconciliation,
  type Unconfirmed,
} from './tasks/reconcile/outcome.ts';
export type { ReconcileOptions } from './tasks/reconcile/reconcileByHand.ts';
export type { Retention } from './tasks/retention.ts';
export type { RetryOptions } from './tasks/retryTask.ts';
export type { RanOrLaunched, RunOrLaunchOptions } from './tasks/runOrLaunch.ts';
export type { TaskFailures, TaskLogLine } from './tasks/taskArchive.ts';
export type { TaskFilter, TaskPage } from './tasks/taskList.ts';
export type { Tasks } from './tasks/tasks.ts';
export type { TaskWorker, WorkerOptions } from './tasks/worker.ts';
export type {
  Telemetry,
  TelemetryContext,
  TelemetryPropagation,
  TelemetrySpan,
  TelemetryTracer,
  TraceAttributes,
} from './telemetry/telemetry.ts';
