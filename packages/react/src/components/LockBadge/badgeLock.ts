/** The part of a lock that a badge shows. How far a task has come is not in it, so progress renders no badge. Pure. */
import type { LeaseView } from '@rowlock/protocol';
import type { RecordLock } from '../../core/recordLock.ts';
import type { TaskStanding } from '../../messages/badgeTexts.ts';
import { getFraction } from '../taskFacts.ts';

export interface BadgeLock {
  kind: RecordLock['kind'];
  isStale: boolean;
  lease: LeaseView | undefined;
  /** How the task stands that holds the row */
  task: TaskStanding;
  /** It is known how far the task has come */
  hasFraction: boolean;
}

/** A flat object, so that a shallow comparison shows whether anything has changed. */
export const toBadgeLock = ({ kind, isStale, lease, task }: RecordLock): BadgeLock => ({
  kind,
  isStale,
  lease,
  task: getStanding(task),
  hasFraction: task !== undefined && getFraction(task) !== undefined,
});

function getStanding(task: RecordLock['task']): TaskStanding {
  if (!task) return 'unseen';
  if (task.isPaused) return 'paused';
  if (!task.hasWorker) return 'no-worker';
  return task.state === 'queued' ? 'queued' : 'working';
}
