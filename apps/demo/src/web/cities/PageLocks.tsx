import type { Conflict } from '@rowlock/protocol';
import { useTaskLock } from '@rowlock/react';
import { useRefreshWhenFreed } from './useRefreshWhenFreed.ts';

/**
 * Watches the rows of the page as one, and says over the table how many of them others hold. A component of its own,
 * so that a task's progress re-renders this line and the badges, and not the table.
 */
export function PageLocks({ ids }: { ids: readonly number[] }) {
  const lock = useTaskLock(ids, { resource: 'cities' });
  useRefreshWhenFreed(ids, lock);
  const held = ids.filter((id) => lock.isBlocked(id)).length;
  const howMany = held === ids.length ? `All ${held}` : `${held} of ${ids.length}`;
  const summary =
    held === 0 ? '' : `${howMany} rows here ${held === 1 ? 'is' : 'are'} held${heldBy(lock.conflicts)}`;
  return (
    <p
      className="lockSummary"
      title={summary || undefined}
      data-testid="lock-summary"
      data-stale={lock.isStale || undefined}
      aria-live="polite"
    >
      {summary}
    </p>
  );
}

/** Whose work it is, where it is one's alone; of several, the badges tell. */
function heldBy(conflicts: readonly Conflict[]): string {
  const [only, ...others] = conflicts;
  if (!only || others.length > 0) return '';
  const { holder } = only.lease;
  return holder.type === 'task' ? ` by ${holder.actor.name}’s task` : ` by ${holder.actor.name}`;
}
