import type { RecordChange } from '@rowlock/protocol';
import type { StaleTitleFacts } from '../../messages/staleTexts.ts';

/** More names would fill the line. */
const MOST_NAMES = 3;

/** The authors of these changes, the newest first, and the time of the newest one. */
export function getChangeFacts(
  changes: readonly RecordChange[],
  userId: string | undefined,
): Omit<StaleTitleFacts, 'row'> & { changedAt: number | undefined } {
  const names = new Map(changes.flatMap(({ actor }) => (actor ? [[actor.id, actor.name] as const] : [])));
  const isTask = changes.length > 0 && changes.every(({ how }) => how === 'task');
  return {
    names: [...names.values()].slice(0, MOST_NAMES),
    isMe: !isTask && names.size === 1 && userId !== undefined && names.has(userId),
    isTask,
    changedAt: changes[0]?.at,
  };
}
