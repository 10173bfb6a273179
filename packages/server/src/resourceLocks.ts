/** The leases on a resource as a user may see them, page by page, over the live channel and over HTTP. */
import {
  type Actor,
  type LeaseId,
  type ResourceLock,
  type ResourceLockPage,
  wholeResource,
} from '@rowlock/protocol';
import type { InternalRegistry } from './locks/registry/lockRegistry.ts';
import type { Permissions } from './permissions.ts';
import type { Tasks } from './tasks/tasks.ts';

interface ResourceLockQuery {
  resource: string;
  after?: LeaseId | undefined;
  /** 1 to 1,000. Default 100 */
  limit?: number | undefined;
}

/** @throws {RowlockError} `unknown_resource`, `forbidden` */
export type ListResourceLocks = (actor: Actor, query: ResourceLockQuery) => Promise<ResourceLockPage>;

export function createListResourceLocks({
  registry,
  tasks,
  permissions,
}: {
  registry: Pick<InternalRegistry, 'list' | 'countRecords'>;
  tasks: Pick<Tasks, 'describeConflicts'>;
  permissions: Pick<Permissions, 'assertResources' | 'require'>;
}): ListResourceLocks {
  return async (actor, { resource, after, limit }) => {
    const whole = wholeResource(resource);
    permissions.assertResources([whole]);
    await permissions.require({ actor, action: 'watch', records: [whole] });
    const page = await registry.list({
      resource,
      ...(after !== undefined && { after }),
      ...(limit !== undefined && { limit }),
    });
    const covered = await registry.countRecords(page.leases.map(({ id }) => id));
    // One rule for holders: a lease is shown as a conflict with it is.
    const shown = await tasks.describeConflicts(
      page.leases.map((lease) => ({ lease, recordCount: 0, records: [] })),
      { visibleTo: actor },
    );
    const locks = shown.flatMap(({ lease, task }): ResourceLock[] => {
      // A lease that has released its last record here is found by its marks until it ends.
      const part = covered.get(lease.id)?.get(resource);
      return part ? [{ lease, ...(task && { task }), ...part }] : [];
    });
    return { locks, ...(page.next !== undefined && { next: page.next }) };
  };
}
