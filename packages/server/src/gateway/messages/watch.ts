/** `watch`: the state of records and tasks now, and their changes from now on. */
import { type ErrorCode, type Limits, wholeResource } from '@rowlock/protocol';
import { RowlockError } from '../../errors.ts';
import type { Permissions } from '../../permissions.ts';
import type { Watching } from '../watching/watching.ts';
import { namesOf, type WatchCounts } from '../watching/watchNames.ts';
import type { Handler } from './handler.ts';

type WatchLimit = 'watchedRecords' | 'watchedTasks' | 'watchedTaskFilters' | 'presenceRecords';

const BOUNDS: readonly { of: keyof WatchCounts; limit: WatchLimit; what: string; code: ErrorCode }[] = [
  { of: 'records', limit: 'watchedRecords', what: 'records', code: 'too_many_records' },
  { of: 'presence', limit: 'presenceRecords', what: 'the viewers of records', code: 'too_many_records' },
  { of: 'tasks', limit: 'watchedTasks', what: 'tasks by their ids', code: 'rate_limited' },
  { of: 'taskFilters', limit: 'watchedTaskFilters', what: 'filters of tasks', code: 'rate_limited' },
];

export function createWatch({
  watching,
  permissions,
  limits,
}: {
  watching: Pick<Watching, 'watch' | 'countWith'>;
  permissions: Pick<Permissions, 'assertRecords' | 'assertResources' | 'require'>;
  limits: Pick<Limits, WatchLimit>;
}): Handler<'watch'> {
  const assertRecords: Permissions['assertRecords'] = permissions.assertRecords;

  return {
    handle: (session, message) =>
      session.inOrder(async () => {
        const names = namesOf(message);
        const wholes = names.resources.map(wholeResource);
        assertRecords(names.records);
        assertRecords(names.presence);
        permissions.assertResources(wholes);
        assertBounds(watching.countWith(session, names), limits);
        const records = [...new Set([...names.records, ...names.presence]), ...wholes];
        if (records.length > 0) await permissions.require({ actor: session.actor, action: 'watch', records });
        return watching.watch(session, names);
      }),
  };
}

/** @throws {RowlockError} `too_many_records`, `rate_limited` */
function assertBounds(counts: WatchCounts, limits: Pick<Limits, WatchLimit>): void {
  for (const { of, limit, what, code } of BOUNDS) {
    if (counts[of] <= limits[limit]) continue;
    throw new RowlockError(
      code,
      `This tab would watch ${counts[of]} ${what}; it may watch at most ${limits[limit]}. Unwatch some.`,
    );
  }
}
