/** Adds the blocking task and its progress to conflicts, and hides tasks that the reader may not see. */
import type { Actor, Conflict } from '@rowlock/protocol';
import type { ConflictError } from '../../errors.ts';
import type { Permissions } from '../../permissions.ts';
import type { TaskStore } from '../store/taskStore.ts';
import { findHoldingTask, hideTask, withoutResult } from './visibleTask.ts';

export interface DescribeConflictsOptions {
  /**
   * Hides every task that this actor may not watch according to `authorize`. Null means nobody. Default: nothing is hidden
   */
  visibleTo?: Actor | null;
}

export type DescribeConflicts = (
  conflicts: readonly Conflict[],
  options?: DescribeConflictsOptions,
) => Promise<Conflict[]>;

/** A task is hidden if Redis or the application fails to answer. Never rejects. */
export const createDescribeConflicts =
  (store: TaskStore, permissions: Pick<Permissions, 'mayWatch' | 'redaction'>): DescribeConflicts =>
  async (conflicts, { visibleTo } = {}) => {
    const ids = conflicts.flatMap(({ lease }) => findHoldingTask(lease) ?? []);
    const tasks = new Map((await store.getMany(ids).catch(() => [])).map((task) => [task.id, task]));
    const isVisible = async (taskId: string) => {
      const task = tasks.get(taskId);
      if (visibleTo === undefined || !task) return visibleTo === undefined;
      return visibleTo !== null && permissions.mayWatch(visibleTo, task);
    };
    const isSameUser = ({ lease: { holder } }: Conflict) =>
      holder.type === 'person' && holder.actor.id === visibleTo?.id;
    const described = (conflict: Conflict): Conflict =>
      visibleTo === undefined ? conflict : permissions.redaction.conflict(visibleTo, conflict);
    return Promise.all(
      conflicts.map(async (given) => {
        const conflict = isSameUser(given) ? { ...given, isSameUser: true } : given;
        const { task: _before, ...rest } = conflict;
        const taskId = findHoldingTask(conflict.lease);
        if (taskId === undefined) return described(conflict);
        if (!(await isVisible(taskId).catch(() => false))) {
          const { lease } = described(rest);
          return { ...rest, lease: hideTask(lease) };
        }
        const task = tasks.get(taskId);
        return described(task ? { ...rest, task: withoutResult(task) } : conflict);
      }),
    );
  };

/**
 * A refusal for an actor. Its conflicts and its message hide what they may not see, and name their own other tabs as such.
 */
export async function redactConflict(
  { describeConflicts }: { describeConflicts: DescribeConflicts },
  error: ConflictError,
  visibleTo: Actor | null,
): Promise<ConflictError> {
  const conflicts = await describeConflicts(error.conflicts, { visibleTo });
  const isExplainedAnew = conflicts.some(({ lease: { holder }, isSameUser }, i) => {
    const { label, actor } = error.conflicts[i]!.lease.holder;
    return isSameUser || holder.label !== label || holder.actor.name !== actor.name;
  });
  const Same = error.constructor as typeof ConflictError;
  return isExplainedAnew ? new Same(conflicts) : new Same(conflicts, error.message);
}
