export {
  type Ack,
  type Certainty,
  CHANNEL_NAMESPACE,
  type ClientAnswers,
  type ClientMessage,
  type ClientMessageName,
  type Hello,
  type LeaseLost,
  type ParsedClientMessage,
  PROTOCOL_VERSION,
  type ServerEvents,
  type View,
} from './channel.ts';
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
  LEASE_HEADER,
  type LeaseProof,
  parseLeaseHeader,
  type ReleaseBeacon,
} from './http.ts';
export type {
  Actor,
  Holder,
  LeaseEnd,
  LeaseId,
  LeaseView,
  LockMode,
  LockScope,
  OwnedLease,
} from './lease.ts';
export { DEFAULT_LIMITS, type Limits } from './limits.ts';
export { plainText } from './plainText.ts';
export {
  idOf,
  isLockable,
  isRecordKey,
  isResource,
  MAX_ID_LENGTH,
  malformed,
  type RecordId,
  type RecordKey,
  recordKey,
  resourceOf,
  wholeResource,
} from './recordKey.ts';
export {
  clientMessages,
  leaseIdSchema,
  leaseProofSchema,
  lockModeSchema,
  recordKeySchema,
  releaseBeaconSchema,
  secretSchema,
} from './schemas.ts';
export {
  type FailedItem,
  isFinal,
  type TaskEvent,
  type TaskProgress,
  type TaskState,
  type TaskView,
} from './task.ts';
