/** The handler of the question which leases cover records. */
import type { View } from '@rowlock/protocol';
import type { LockRegistry } from '../../locks/registry/lockRegistry.ts';
import type { Permissions } from '../../permissions.ts';
import type { Tasks } from '../../tasks/tasks.ts';
import type { Versions } from '../../versions/versions.ts';
import type { RouteHandlers } from './route.ts';
import type { Routes } from './routes.ts';

export function createLockHandlers({
  registry,
  tasks,
  versions,
  permissions,
}: {
  registry: Pick<LockRegistry, 'check'>;
  tasks: Pick<Tasks, 'describeConflicts'>;
  versions: Pick<Versions, 'current'>;
  permissions: Permissions;
}): RouteHandlers<Pick<Routes, 'getLocks'>> {
  const assertRecords: Permissions['assertRecords'] = permissions.assertRecords;
  return {
    async getLocks({ actor, query: { records } }) {
      assertRecords(records);
      await permissions.require({ actor, action: 'watch', records });
      const version = await versions.current();
      const { position, held, leases } = await registry.check(records);
      // One rule for holders: a lease is shown as a conflict with it is.
      const shown = await tasks.describeConflicts(
        [...leases.values()].map((lease) => ({ lease, recordCount: 0, records: [] })),
        { visibleTo: actor },
      );
      const body: View = {
        position,
        records: Object.fromEntries(records.map((record) => [record, held.get(record) ?? []])),
        leases: shown.map(({ lease }) => lease),
        tasks: shown.flatMap(({ task }) => task ?? []),
        version,
      };
      return { status: 200, body };
    },
  };
}
