import type { TaskLock } from '@rowlock/react';

export interface EditStateProps {
  lock: TaskLock<number>;
  mayEdit: boolean;
  onEdit: () => void;
}

/** One line at the top of the form: whether this user edits the row, or may begin to. It keeps its place. The banner below says why not. */
export function EditState(props: EditStateProps) {
  return (
    <div className="editState" data-testid="edit-state" role="status">
      <StateInWords {...props} />
    </div>
  );
}

function StateInWords({ lock, mayEdit, onEdit }: EditStateProps) {
  if (!mayEdit) return <span>You may watch. Editors and admins change rows.</span>;
  if (lock.isHeld) {
    return lock.isStale ? (
      <span>Not certain that you still hold this row. Your edits are kept.</span>
    ) : (
      <span data-held="">You are editing; others see it.</span>
    );
  }
  if (lock.conflicts.length > 0 || lock.error) return <span>You can read this row.</span>;
  if (lock.isStale) return <span>Not certain whether somebody is editing this row – connecting…</span>;
  if (lock.isAcquiring) return <span>Locking the row…</span>;
  return (
    <>
      <span>Nobody is editing this row.</span>
      <button type="button" className="link" data-testid="edit" onClick={onEdit}>
        Edit
      </button>
    </>
  );
}
