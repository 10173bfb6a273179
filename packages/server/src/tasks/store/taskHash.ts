/** Reads the Redis hash of a task into its view. */
import type { Actor, ProgressView, TaskState, TaskView } from '@rowlock/protocol';

type TaskHash = Partial<Record<string, string>>;

/** The fields of a view. The other fields are for launching and running, and the input may be large. */
export const VIEW_FIELDS = [
  'state',
  'name',
  'label',
  'actor',
  'attempt',
  'version',
  'createdAt',
  'launchOrder',
  'startedAt',
  'endedAt',
  'recordCount',
  'leaseId',
  'progress',
  'hasWorker',
  'cancelRequested',
  'paused',
  'tags',
  'parentId',
  'retryOf',
  'position',
  'notBefore',
  'failedCount',
  'finishedCount',
  'fraction',
  'error',
  'result',
] as const;

/** The values of `VIEW_FIELDS`, as HMGET returns them. Undefined if the task is unknown. */
export function readView(id: string, values: readonly (string | null)[]): TaskView | undefined {
  const hash: TaskHash = {};
  for (const [i, field] of VIEW_FIELDS.entries()) hash[field] = values[i] ?? '';
  return readTask(id, hash);
}

/** Undefined if the hash is empty, so that the task is unknown. */
function readTask(id: string, hash: TaskHash): TaskView | undefined {
  if (!hash.state) return undefined;
  return {
    id,
    name: hash.name!,
    label: hash.label!,
    actor: JSON.parse(hash.actor!) as Actor,
    state: hash.state as TaskState,
    attempt: Number(hash.attempt),
    version: Number(hash.version),
    createdAt: Number(hash.createdAt),
    launchOrder: Number(hash.launchOrder),
    ...(hash.startedAt && { startedAt: Number(hash.startedAt) }),
    ...(hash.endedAt && { endedAt: Number(hash.endedAt) }),
    recordCount: Number(hash.recordCount),
    leaseId: hash.leaseId!,
    progress: readProgress(hash),
    hasWorker: hash.hasWorker === '1',
    cancelRequested: hash.cancelRequested === '1',
    // The field of a running task is from before its start.
    ...(hash.paused === '1' && isPausable(hash.state as TaskState) && { isPaused: true }),
    ...(hash.tags && { tags: JSON.parse(hash.tags) as string[] }),
    ...(hash.parentId && { parentId: hash.parentId }),
    ...(hash.retryOf && { retryOf: hash.retryOf }),
    ...(hash.position && hash.state === 'waiting' && { position: Number(hash.position) }),
    ...(hash.notBefore && { notBefore: Number(hash.notBefore) }),
    ...(hash.failedCount && { failedCount: Number(hash.failedCount) }),
    ...(hash.finishedCount && { finishedCount: Number(hash.finishedCount) }),
    ...(hash.error && { error: hash.error }),
    ...(hash.result && { result: JSON.parse(hash.result) as unknown }),
  };
}

/** Whether a pause of the queue delays a task in this state. */
export const isPausable = (state: TaskState): boolean => state === 'queued' || state === 'retrying';

/** A parent's fraction includes its children. */
function readProgress({ progress, fraction }: TaskHash): ProgressView {
  const own = JSON.parse(progress!) as ProgressView;
  return fraction ? { ...own, fraction: Number(fraction) } : own;
}
