/** The handlers of the questions which leases cover records, and which a resource. */
import type { View } from '@rowlock/protocol';
import type { InternalRegistry } from '../../locks/registry/lockRegistry.ts';
import type { Permissions } from '../../permissions.ts';
import { createListResourceLocks } from '../../resourceLocks.ts';
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
  registry: Pick<InternalRegistry, 'check' | 'list' | 'countRecords'>;
  tasks: Pick<Tasks, 'describeConflicts'>;
  versions: Pick<Versions, 'current'>;
  permissions: Permissions;
}): RouteHandlers<Pick<Routes, 'getLocks' | 'listLeases'>> {
  const listResourceLocks = createListResourceLocks({ registry, tasks, permissions });
  const assertRecords: Permissions['assertRecords'] = permissions.assertRecords;
  return {
    listLeases: async ({ actor, query }) => ({ status: 200, body: await listResourceLocks(actor, query) }),

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
