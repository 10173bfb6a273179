/** `@rowlock/react/core`: the client without React. */

export type { ChangeListener, WatchedChange } from './changeNews.ts';
export { type AnyRowlockClient, createRowlockClient, RowlockClient } from './client.ts';
export type { RowlockClientOptions } from './clientOptions.ts';
export { type ClientClock, systemClock } from './clock.ts';
export type { ConnectionPhase, ConnectionState } from './connection.ts';
export type { ClientConnection } from './connectionDriver.ts';
export type { DraftArea } from './draft/draftArea.ts';
export { listDrafts } from './draft/listDrafts.ts';
export { isSameTypedNumber, parseTypedNumber } from './draft/typedNumber.ts';
export type { FetchRoute } from './fetchRoute.ts';
export type { Forecasts } from './forecast/forecastRecords.ts';
export type { BlockersOutcome, ForecastSource } from './forecast/forecastSource.ts';
export type { RecordForecast, UnknownReason } from './forecast/recordForecast.ts';
export { type ForecastGroup, type ForecastSummary, summarizeForecast } from './forecast/summarizeForecast.ts';
export { ForecastObserver, type ForecastState } from './forecastObserver.ts';
export type { FreedRecord } from './freedRecords.ts';
export type {
  AcquireOutcome,
  LeaseOptions,
  LeaseOutcome,
  LeaseState,
  Loss,
  LossReason,
  TabLeaseHandle,
} from './leaseHandle.ts';
export type { LeaseKeeperOptions } from './leaseKeeper.ts';
export type { Acquired } from './leaseReports.ts';
export type { StorageArea } from './leaseStorage.ts';
export { LockObserver, type LockObserverOptions, type LockOptions } from './lockObserver.ts';
export type { LockState, LockStatus } from './lockState.ts';
export type { TabLocks } from './pageOwnership.ts';
export { type HttpProblem, readProblem } from './problems/readProblem.ts';
export type { Reacquire } from './reacquire.ts';
export { isBlocked, type RecordLock } from './recordLock.ts';
export type { IncomingReleaseRequest, ReleaseOutcome, ReleaseRequestOptions } from './releaseRequests.ts';
export { RowlockClientError } from './rowlockClientError.ts';
export { type AuthSource, createSocketTransport, type SocketTransportOptions } from './socketTransport.ts';
export type { HeldOutcome, TabLeases, TakeOverOptions } from './tabLeasesApi.ts';
export { onTaskEnd, type TaskEndFilter } from './taskEnds.ts';
export type { WatchedTaskList } from './taskLists.ts';
export { createTaskPolling, type TaskPollingOptions } from './taskPolling.ts';
export type {
  CancelOutcome,
  LaunchOptions,
  LaunchOutcome,
  PreviewOutcome,
  RetryOptions,
  TaskRequests,
} from './taskRequests.ts';
export type { TaskList, TaskSnapshot, TypedTaskView } from './taskSnapshot.ts';
export type { TaskFailuresOutcome, TaskLogLine, TaskLogOutcome, TaskSource } from './taskSource.ts';
export type { Transport, TransportEvent } from './transport.ts';
export type { PresenceSnapshot, WatchedPresence } from './watchedPresence.ts';
export type { WatchedRecords } from './watchedRecords.ts';
export type { ResourceLocksOutcome, ResourceSnapshot, WatchedResources } from './watchedResources.ts';
export type { WatchedTasks } from './watchedTasks.ts';
