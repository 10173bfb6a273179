export type { Launched, Preview, TaskView } from '@rowlock/protocol';
export type { AcquireOutcome } from './acquireOutcome.ts';
export { createRowlock } from './createRowlock.ts';
export type { Credentials, NodeRequest } from './credentials.ts';
export { StaleError } from './errors.ts';
export type { DescribedHolder, DescribeHolder } from './holderRedaction.ts';
export type { Guard, GuardOptions } from './http/express/guard.ts';
export { sendProblem } from './http/express/problems.ts';
export type { GuardedWrite, WriteOptions } from './http/guard/guardOptions.ts';
export {
  type OpenApiDocument,
  type OpenApiOptions,
  openApiDocument,
} from './http/openapi/openApiDocument.ts';
export type { FetchHandler, FetchHandlerOptions } from './http/web/fetchHandler.ts';
export type { GuardedHandler, GuardRequest, GuardRequestOptions } from './http/web/guardRequest.ts';
export * from './locks/index.ts';
export type {
  LeaseStanding,
  Measurements,
  NamespaceMeasurements,
  OpenState,
  ProcessMeasurements,
} from './metrics/measurements.ts';
export type {
  AskedActor,
  AuthOptions,
  Authorize,
  AuthorizeQuestion,
} from './permissions.ts';
export { keysOf } from './redis/keys.ts';
export type { CloseOptions, Rowlock, UserSessions } from './rowlock.ts';
export type { RowlockOptions, SessionOptions } from './rowlockOptions.ts';
export type { Authenticate, SignedIn } from './signIns.ts';
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
export type { CancelOptions } from './tasks/control/cancel.ts';
export type { RetryOptions } from './tasks/control/retryTask.ts';
export type { TaskContext, TaskProgressReporter } from './tasks/definition/defineTask.ts';
export { defineTask, type TaskDefinition, type TaskSpec } from './tasks/definition/defineTask.ts';
export type { TaskTypes } from './tasks/definition/taskTypes.ts';
export type { LaunchRequest, LaunchResult } from './tasks/launch/launchMany.ts';
export type { LaunchOptions } from './tasks/launch/launchOptions.ts';
export type { RanOrLaunched, RunOrLaunchOptions } from './tasks/launch/runOrLaunch.ts';
export type { TaskPage, TaskQuery } from './tasks/read/taskList.ts';
export { AttemptStopped, type StopReason } from './tasks/run/attempt.ts';
export type { TaskWorker, WorkerOptions } from './tasks/run/worker.ts';
export { QUEUE_NAME } from './tasks/store/queue.ts';
export type { TaskFailures, TaskLogLine } from './tasks/store/taskArchive.ts';
export type { Tasks } from './tasks/tasks.ts';
export {
  outcomeInWords,
  type ReconcilerAction,
  type ReconcilerOutcome,
  type Reconciliation,
  type Unconfirmed,
} from './tasks/upkeep/reconcile/outcome.ts';
export type { ReconcileOptions } from './tasks/upkeep/reconcile/reconcileByHand.ts';
export type { Retention } from './tasks/upkeep/retention.ts';
export type {
  Telemetry,
  TelemetryContext,
  TelemetryPropagation,
  TelemetrySpan,
  TelemetryTracer,
  TraceAttributes,
} from './telemetry/telemetry.ts';
export type { VersionMemory } from './versions/versionMemory.ts';
export type { ChangedOptions, Versions } from './versions/versions.ts';
