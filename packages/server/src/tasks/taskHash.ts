/** A task as it stands in its Redis hash, read into the view that everybody gets. */
import type { Actor, TaskProgress, TaskState, TaskView } from '@rowlock/protocol';

export type TaskHash = Record<string, string>;

/** Undefined where the hash is empty: the task is not known. */
export function readTask(id: string, hash: TaskHash): TaskView | undefined {
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
    ...(hash.startedAt && { startedAt: Number(hash.startedAt) }),
    ...(hash.endedAt && { endedAt: Number(hash.endedAt) }),
    recordCount: Number(hash.recordCount),
    leaseId: hash.leaseId!,
    progress: JSON.parse(hash.progress!) as TaskProgress,
    attended: hash.attended === '1',
    cancelRequested: hash.cancelRequested === '1',
    ...(hash.error && { error: hash.error }),
    ...(hash.result && { result: JSON.parse(hash.result) as unknown }),
  };
}
