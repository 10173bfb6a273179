import { useTaskLock } from '@rowlock/react';
import { useRefreshWhenFreed } from './useRefreshWhenFreed.ts';

/**
 * Watches the rows of the page as one, and says over the table how many of them others hold. A component of its own,
 * so that a task's progress re-renders this line and the badges, and not the table.
 */
export function PageLocks({ ids }: { ids: readonly number[] }) {
  const lock = useTaskLock(ids, { resource: 'cities' });
  useRefreshWhenFreed(ids, lock);
  const held = ids.filter((id) => lock.isLocked(id)).length;
  return (
    <p
      className="lockSummary"
      data-testid="lock-summary"
      data-stale={lock.isStale || undefined}
      aria-live="polite"
    >
      {held > 0 &&
        (held === ids.length
          ? `All ${held} rows here are held`
          : `${held} of ${ids.length} rows here are held`)}
    </p>
  );
}
