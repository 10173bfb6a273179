/** A task as it stands in its Redis hash, read into the view that everybody gets. */
import type { Actor, TaskProgress, TaskState, TaskView } from '@rowlock/protocol';

type TaskHash = Partial<Record<string, string>>;

/** What a view is made of. The rest of a hash is for launching and running, and its input may be large. */
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
  'fraction',
  'error',
  'result',
] as const;

/** The values of `VIEW_FIELDS`, as HMGET gives them. Undefined where the task is not known. */
export function readView(id: string, values: readonly (string | null)[]): TaskView | undefined {
  const hash: TaskHash = {};
  for (const [i, field] of VIEW_FIELDS.entries()) hash[field] = values[i] ?? '';
  return readTask(id, hash);
}

/** Undefined where the hash is empty: the task is not known. */
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
    // A task that runs was noted as paused before it began.
    ...(hash.paused === '1' && isPausable(hash.state as TaskState) && { isPaused: true }),
    ...(hash.tags && { tags: JSON.parse(hash.tags) as string[] }),
    ...(hash.parentId && { parentId: hash.parentId }),
    ...(hash.retryOf && { retryOf: hash.retryOf }),
    ...(hash.position && hash.state === 'waiting' && { position: Number(hash.position) }),
    ...(hash.notBefore && { notBefore: Number(hash.notBefore) }),
    ...(hash.failedCount && { failedCount: Number(hash.failedCount) }),
    ...(hash.error && { error: hash.error }),
    ...(hash.result && { result: JSON.parse(hash.result) as unknown }),
  };
}

/** Whether a pause of the queue holds a task up in that state. */
export const isPausable = (state: TaskState): boolean => state === 'queued' || state === 'retrying';

/** A parent's fraction is that of the whole family, which its children raise too. */
function readProgress({ progress, fraction }: TaskHash): TaskProgress {
  const own = JSON.parse(progress!) as TaskProgress;
  return fraction ? { ...own, fraction: Number(fraction) } : own;
}
