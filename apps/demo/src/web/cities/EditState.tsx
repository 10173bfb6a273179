import { type TaskLock, useRowlock } from '@rowlock/react';

export interface EditStateProps {
  lock: TaskLock<number>;
  mayEdit: boolean;
  onExplain: () => void;
}

/** One line at the top of the form: whether the row can be edited, and if not, why. It keeps its place. */
export function EditState({ lock, mayEdit, onExplain }: EditStateProps) {
  const { actor } = useRowlock();
  return (
    <div className="editState" data-testid="edit-state" role="status">
      {stateOf(lock, mayEdit, actor?.id, onExplain)}
    </div>
  );
}

function stateOf(
  lock: TaskLock<number>,
  mayEdit: boolean,
  actorId: string | undefined,
  onExplain: () => void,
) {
  const conflict = lock.conflicts[0];
  if (!mayEdit) return <span>You may watch. Editors and admins change rows.</span>;
  if (lock.isHeld) {
    return lock.isStale ? (
      <span>Not certain that you still hold this row. Your edits are kept.</span>
    ) : (
      <span data-held="">You are editing; others see it.</span>
    );
  }
  if (conflict) {
    const { holder } = conflict.lease;
    const who =
      holder.actor.id === actorId ? 'You are editing in another tab' : `${holder.actor.name} is editing`;
    const what = holder.type === 'task' ? holder.label : who;
    return (
      <>
        <span>{what}. Read-only until it is free.</span>
        <button type="button" className="link" onClick={onExplain}>
          Details
        </button>
      </>
    );
  }
  if (lock.error && lock.error.code !== 'conflict') return <span>Read-only. {lock.error.message}</span>;
  if (lock.isStale) return <span>Not certain whether somebody is editing this row – connecting…</span>;
  return <span>{lock.isAcquiring ? 'Locking the row…' : 'Nobody is editing this row.'}</span>;
}
