import type { Conflict } from '@rowlock/protocol';
import { useTaskLock } from '@rowlock/react';
import { useQueryClient } from '@tanstack/react-query';
import { PLACE_KEYS } from '../queries.ts';

/**
 * Watches the rows of the page, and says above the table how many of them others are changing. It is a component of its
 * own, so that a task's progress renders this line and the badges, but not the table.
 */
export function PageLocks({ ids }: { ids: readonly number[] }) {
  const queryClient = useQueryClient();
  const lock = useTaskLock(ids, {
    resource: 'cities',
    // A person may have saved the row. `useRefreshWhenDone` reloads what tasks have changed.
    onFreed: (freed) => {
      if (!freed.some(({ before }) => before.kind === 'person')) return;
      for (const key of PLACE_KEYS) void queryClient.invalidateQueries({ queryKey: [key] });
    },
  });
  const blocked = ids.filter((id) => lock.isBlocked(id)).length;
  const howMany = blocked === ids.length ? `All ${blocked}` : `${blocked} of ${ids.length}`;
  const summary =
    blocked === 0 ? '' : `${howMany} rows here ${blocked === 1 ? 'is' : 'are'} held${heldBy(lock.conflicts)}`;
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

/** Names the holder, if there is only one. The badges show several. */
function heldBy(conflicts: readonly Conflict[]): string {
  const [only, ...others] = conflicts;
  if (!only || others.length > 0) return '';
  const { holder } = only.lease;
  return holder.type === 'task' ? ` by ${holder.actor.name}’s task` : ` by ${holder.actor.name}`;
}
