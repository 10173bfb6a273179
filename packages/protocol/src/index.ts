export type { AwaitedLease, Blocker } from './blocker.ts';
export { launchBodySchema, previewBodySchema, releaseBeaconSchema, retryBodySchema } from './bodySchemas.ts';
export { CHANGE_ORIGINS, CHANGE_SAMPLE_SIZE, type ChangeOrigin, type RecordChange } from './change.ts';
export {
  type Ack,
  type Certainty,
  CHANNEL_NAMESPACE,
  type ClientAnswers,
  type ClientMessage,
  type ClientMessageName,
  type Hello,
  type Hidden,
  type LeaseAcquired,
  type LeaseLost,
  type LeaseWaiting,
  type ParsedClientMessage,
  PROTOCOL_VERSION,
  type ServerEvents,
  type View,
} from './channel.ts';
export { clientMessages } from './clientMessages.ts';
export { CONFLICT_SAMPLE_SIZE, type Conflict } from './conflict.ts';
export {
  ERRORS,
  type ErrorBody,
  type ErrorCode,
  isProblem,
  PROBLEM_CONTENT_TYPE,
  type ProblemBody,
  problemOf,
} from './errors.ts';
export {
  formatLeaseHeader,
  formatSession,
  LEASE_HEADER,
  type LeaseSecret,
  MOST_BEACON_LEASES,
  parseIfMatch,
  parseLeaseHeader,
  parseSession,
  parseVersionHeader,
  type ReleaseBeacon,
  SESSION_AUTH_FIELD,
  SESSION_HEADER,
  type SessionSecret,
  VERSION_HEADER,
} from './http.ts';
export type { Idle, IdleRule } from './idleness.ts';
export type { Launched, Preview, TaskTypeMap } from './launch.ts';
export {
  type Actor,
  HOLDER_TYPES,
  type Holder,
  type HolderType,
  LEASE_ENDS,
  type LeaseEnd,
  type LeaseId,
  type LeaseView,
  LOCK_MODES,
  LOCK_SCOPES,
  type LockMode,
  type LockScope,
  ON_CONFLICT,
  type OnConflict,
  type OwnedLease,
  type OwnedWaitingLease,
} from './lease.ts';
export {
  acquireBodySchema,
  extendBodySchema,
  releaseBodySchema,
  renewBodySchema,
  takeOverBodySchema,
} from './leaseBodySchemas.ts';
export { DEFAULT_LIMITS, type Limits } from './limits.ts';
export type { LeaseAnswer, LeaseRest, LeaseStanding, OwnLease } from './ownLease.ts';
export { plainText } from './plainText.ts';
export { NAMED_VIEWERS, type Viewers } from './presence.ts';
export {
  idOf,
  isLockable,
  isRecordKey,
  isResource,
  MAX_ID_LENGTH,
  malformed,
  type RecordId,
  type RecordKey,
  RecordKeyError,
  recordKey,
  resourceOf,
  wholeResource,
} from './recordKey.ts';
export {
  RELEASE_ANSWERS,
  type ReleaseAnswer,
  type ReleaseAnswered,
  type ReleaseRequested,
} from './releaseRequest.ts';
export type { ResourceLock, ResourceLockPage, ResourceView } from './resource.ts';
export { SAME_USER, type SameUser } from './sameUser.ts';
export {
  type FailedRecord,
  FINAL_TASK_STATES,
  type FinalTaskState,
  isFinal,
  OPEN_TASK_STATES,
  type OpenTaskState,
  type ProgressView,
  TASK_EVENTS,
  TASK_STATES,
  type TaskEventName,
  type TaskResult,
  type TaskState,
  type TaskView,
} from './task.ts';
export {
  concernsTask,
  firstOrderOf,
  matchesTask,
  type StateBefore,
  TASKS_AT_FIRST,
  type TaskFilter,
  taskFilterKey,
} from './taskFilter.ts';
export {
  leaseIdSchema,
  leaseSecretSchema,
  lockableKeySchema,
  lockModeSchema,
  lockScopeSchema,
  onConflictSchema,
  recordKeySchema,
  resourceSchema,
  secretSchema,
  valueSchemas,
} from './valueSchemas.ts';
