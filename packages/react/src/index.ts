'use client';

export type { Announce, AnnounceOptions } from './announcer/announcementQueue.ts';
export { type AnnouncementOptions, useAnnounce, useAnnouncement } from './announcer/useAnnounce.ts';
export { ConflictModal } from './components/ConflictModal/ConflictModal.tsx';
export type {
  ConflictChoices,
  ConflictModalProps,
  ConflictModalState,
} from './components/ConflictModal/conflictModalProps.ts';
export { conflictModalAttributes, holderCardAttributes } from './components/ConflictModal/dataAttributes.ts';
export type { ConflictLock, Refusal } from './components/ConflictModal/refusal.ts';
export {
  type ConflictDialog,
  type ConflictModalInput,
  useConflictModal,
} from './components/ConflictModal/useConflictModal.ts';
export { type AskState, type ReleaseAsk, useReleaseAsk } from './components/ConflictModal/useReleaseAsk.ts';
export {
  ConnectionStatus,
  type ConnectionStatusProps,
  type ConnectionStatusState,
} from './components/ConnectionStatus/ConnectionStatus.tsx';
export { connectionStatusAttributes } from './components/ConnectionStatus/dataAttributes.ts';
export type {
  ReconnectReason,
  RefusalReason,
  ShownConnection,
} from './components/ConnectionStatus/getShownConnection.ts';
export { useConnectionStatus } from './components/ConnectionStatus/useConnectionStatus.ts';
export type { ClassName } from './components/className.ts';
export { idleWarningAttributes } from './components/IdleWarning/dataAttributes.ts';
export {
  IdleWarning,
  type IdleWarningProps,
  type IdleWarningState,
} from './components/IdleWarning/IdleWarning.tsx';
export { lockBadgeAttributes } from './components/LockBadge/dataAttributes.ts';
export { LockBadge, type LockBadgeProps, type LockBadgeState } from './components/LockBadge/LockBadge.tsx';
export { type BannerLock, type BannerView, getBannerView } from './components/LockBanner/bannerView.ts';
export { lockBannerAttributes } from './components/LockBanner/dataAttributes.ts';
export {
  LockBanner,
  type LockBannerProps,
  type LockBannerState,
} from './components/LockBanner/LockBanner.tsx';
export { ALWAYS_USABLE, lockedFieldsetAttributes } from './components/LockedFieldset/dataAttributes.ts';
export {
  LockedFieldset,
  type LockedFieldsetProps,
  type LockedFieldsetState,
} from './components/LockedFieldset/LockedFieldset.tsx';
export { presenceAvatarsAttributes } from './components/PresenceAvatars/dataAttributes.ts';
export {
  PresenceAvatars,
  type PresenceAvatarsProps,
  type PresenceAvatarsState,
} from './components/PresenceAvatars/PresenceAvatars.tsx';
export { releaseRequestAttributes } from './components/ReleaseRequest/dataAttributes.ts';
export {
  ReleaseRequest,
  type ReleaseRequestProps,
  type ReleaseRequestState,
} from './components/ReleaseRequest/ReleaseRequest.tsx';
export {
  type ReleaseAnswering,
  type SaveBeforeRelease,
  useReleaseAnswer,
} from './components/ReleaseRequest/useReleaseAnswer.ts';
export { staleNoticeAttributes, staleValueAttributes } from './components/StaleNotice/dataAttributes.ts';
export {
  StaleNotice,
  type StaleNoticeProps,
  type StaleNoticeState,
} from './components/StaleNotice/StaleNotice.tsx';
export {
  StaleNoticeFields,
  type StaleNoticeFieldsProps,
} from './components/StaleNotice/StaleNoticeFields.tsx';
export { StaleNoticeHead, type StaleNoticeHeadProps } from './components/StaleNotice/StaleNoticeHead.tsx';
export {
  type StaleChanges,
  type StaleDraft,
  type StaleField,
  type StaleNoticeFacts,
  type StaleNoticeInput,
  useStaleNotice,
} from './components/StaleNotice/useStaleNotice.ts';
export { taskBannerAttributes } from './components/TaskBanner/dataAttributes.ts';
export {
  TaskBanner,
  type TaskBannerProps,
  type TaskBannerState,
} from './components/TaskBanner/TaskBanner.tsx';
export { TaskBanners, type TaskBannersProps } from './components/TaskBanner/TaskBanners.tsx';
export { taskDashboardAttributes, taskRowAttributes } from './components/TaskDashboard/dataAttributes.ts';
export {
  TaskDashboard,
  type TaskDashboardProps,
  type TaskDashboardState,
} from './components/TaskDashboard/TaskDashboard.tsx';
export {
  type Dashboard,
  type DashboardFilters,
  type StateOption,
  useTaskDashboard,
} from './components/TaskDashboard/useTaskDashboard.ts';
export { taskDetailsAttributes } from './components/TaskDetails/dataAttributes.ts';
export {
  TaskDetails,
  type TaskDetailsProps,
  type TaskDetailsState,
} from './components/TaskDetails/TaskDetails.tsx';
export { taskProgressAttributes } from './components/TaskProgress/dataAttributes.ts';
export {
  TaskProgress,
  type TaskProgressProps,
  type TaskProgressState,
} from './components/TaskProgress/TaskProgress.tsx';
export { type ShownProgress, useTaskProgress } from './components/TaskProgress/useTaskProgress.ts';
export { taskTrayAttributes } from './components/TaskTray/dataAttributes.ts';
export { TaskTray, type TaskTrayProps, type TaskTrayState } from './components/TaskTray/TaskTray.tsx';
export type { TrayTaskOptions } from './components/TaskTray/TrayTask.tsx';
export type { SeenTask } from './components/TaskTray/trayMemory.ts';
export { type ShownTasks, useTaskTray } from './components/TaskTray/useTaskTray.ts';
export type { TaskLook } from './components/taskFacts.ts';
export type { WatchedChange } from './core/changeNews.ts';
export type { ConnectionPhase } from './core/connection.ts';
export type { DraftArea } from './core/draft/draftArea.ts';
export type { SavedDraft } from './core/draft/draftForm.ts';
export type { FieldOf, Side } from './core/draft/edits.ts';
export { listDrafts } from './core/draft/listDrafts.ts';
export type { FieldConflict, IsSame } from './core/draft/mergeEdits.ts';
export { isSameTypedNumber, parseTypedNumber } from './core/draft/typedNumber.ts';
export type { RecordForecast, UnknownReason } from './core/forecast/recordForecast.ts';
export type { ForecastGroup, ForecastSummary } from './core/forecast/summarizeForecast.ts';
export type { FreedRecord } from './core/freedRecords.ts';
export type { LaunchPreview } from './core/launchPreview.ts';
export type { AcquireOutcome, Loss, LossReason } from './core/leaseHandle.ts';
export type { Acquired } from './core/leaseReports.ts';
export type { LockStatus } from './core/lockState.ts';
export { type HttpProblem, readProblem } from './core/problems/readProblem.ts';
export type { Reacquire } from './core/reacquire.ts';
export type { RecordLock } from './core/recordLock.ts';
export type { IncomingReleaseRequest, ReleaseOutcome } from './core/releaseRequests.ts';
export { RowlockClientError } from './core/rowlockClientError.ts';
export type { TaskEndFilter } from './core/taskEnds.ts';
export type { TaskList, TaskSnapshot, TypedTaskView } from './core/taskSnapshot.ts';
export type { MaybeId } from './hooks/missingId.ts';
export { RowlockProvider, type RowlockProviderProps } from './hooks/RowlockProvider.tsx';
export { RowlockResource } from './hooks/RowlockResource.tsx';
export type { Register, RegisteredTasks, RegisteredTaskView, TaskName } from './hooks/register.ts';
export { type BlockingTask, useBlockingTasks } from './hooks/useBlockingTasks.ts';
export { type ConnectionInfo, useConnection } from './hooks/useConnection.ts';
export { type Draft, type DraftOptions, useDraft } from './hooks/useDraft.ts';
export { type Drafts, type DraftsOptions, useDrafts } from './hooks/useDrafts.ts';
export { type Forecast, type ForecastSubject, useForecast } from './hooks/useForecast.ts';
export { type ActiveIdleWarning, useIdleWarning } from './hooks/useIdleWarning.ts';
export {
  type LaunchState,
  type LaunchTaskOptions,
  type TaskLauncher,
  useLaunchTask,
} from './hooks/useLaunchTask.ts';
export { type Presence, type PresenceOptions, usePresence } from './hooks/usePresence.ts';
export { useRecordLock } from './hooks/useRecordLock.ts';
export { useReleaseRequests } from './hooks/useReleaseRequests.ts';
export { type RowlockState, useRowlock } from './hooks/useRowlock.ts';
export { type StaleRecord, type StaleRecordOptions, useStaleRecord } from './hooks/useStaleRecord.ts';
export { type TaskState, type UseTaskOptions, useTask } from './hooks/useTask.ts';
export { type TaskEndOptions, useTaskEnd } from './hooks/useTaskEnd.ts';
export {
  type TaskFailuresOptions,
  type TaskFailuresState,
  useTaskFailures,
} from './hooks/useTaskFailures.ts';
export { type TaskLock, type TaskLockOptions, useTaskLock } from './hooks/useTaskLock.ts';
export {
  type SelectTasksOptions,
  type TaskListState,
  type TasksState,
  type UseTasksOptions,
  useTasks,
} from './hooks/useTasks.ts';
export type { BadgeTexts, TaskStanding } from './messages/badgeTexts.ts';
export type { BannerTexts } from './messages/bannerTexts.ts';
export type { ChoiceTexts } from './messages/choiceTexts.ts';
export type { CommonTexts } from './messages/commonTexts.ts';
export type { ConflictFacts, ConflictTexts } from './messages/conflictTexts.ts';
export type { ConnectionTexts } from './messages/connectionTexts.ts';
export type { DashboardTexts } from './messages/dashboardTexts.ts';
export { createEnglishMessages } from './messages/englishMessages.ts';
export type { FieldsetTexts } from './messages/fieldsetTexts.ts';
export type { Formats } from './messages/formats.ts';
export { createGermanMessages } from './messages/german/germanMessages.ts';
export type { IdleTexts } from './messages/idleTexts.ts';
export type { LockBannerTexts } from './messages/lockBannerTexts.ts';
export type { Messages } from './messages/messages.ts';
export type { OutcomeFacts, OutcomeTexts } from './messages/outcomeTexts.ts';
export type { PresenceTexts } from './messages/presenceTexts.ts';
export type { ReleaseTexts } from './messages/releaseTexts.ts';
export type { SaveTexts } from './messages/saveTexts.ts';
export type { StaleTexts, StaleTitleFacts } from './messages/staleTexts.ts';
export type { TaskTexts } from './messages/taskTexts.ts';
export type { TrayTexts } from './messages/trayTexts.ts';
