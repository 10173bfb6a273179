export { ConflictModal, type ConflictModalProps } from './components/ConflictModal/ConflictModal.tsx';
export {
  type ConflictDialog,
  type ConflictModalInput,
  useConflictModal,
} from './components/ConflictModal/useConflictModal.ts';
export { ConnectionStatus } from './components/ConnectionStatus/ConnectionStatus.tsx';
export {
  type ShownConnection,
  useConnectionStatus,
} from './components/ConnectionStatus/useConnectionStatus.ts';
export { LockBadge, type LockBadgeProps } from './components/LockBadge/LockBadge.tsx';
export { TaskProgress, type TaskProgressProps } from './components/TaskProgress/TaskProgress.tsx';
export { type ShownProgress, useTaskProgress } from './components/TaskProgress/useTaskProgress.ts';
export { TaskTray, type TaskTrayProps } from './components/TaskTray/TaskTray.tsx';
export { type TaskTrayState, useTaskTray } from './components/TaskTray/useTaskTray.ts';
export type { AcquireResult } from './core/claim.ts';
export type { LockStatus } from './core/lockObserver.ts';
export type { RecordLock } from './core/recordLock.ts';
export type { TaskList, TaskSnapshot } from './core/taskSnapshot.ts';
export type { MaybeId } from './hooks/missingId.ts';
export { RowlockProvider, type RowlockProviderProps } from './hooks/RowlockProvider.tsx';
export { RowlockResource } from './hooks/RowlockResource.tsx';
export { useRecordLock } from './hooks/useRecordLock.ts';
export { type Rowlock, useRowlock } from './hooks/useRowlock.ts';
export { useTask } from './hooks/useTask.ts';
export { type TaskLock, type TaskLockOptions, useTaskLock } from './hooks/useTaskLock.ts';
export { useTasks } from './hooks/useTasks.ts';
export { type ConflictFacts, englishMessages, type Messages } from './messages.ts';
