/** The leases that a request for records would wait for, with what says when each record will be free. */
import type { Actor, Blocker, LeaseId, LeaseView, RecordKey } from '@rowlock/protocol';
import type { InternalRegistry } from './locks/registry/lockRegistry.ts';
import { followedOrder, lastPlaceOf } from './locks/registry/workOrder.ts';
import type { Permissions } from './permissions.ts';
import type { Tasks } from './tasks/tasks.ts';

/** @throws {RowlockError} `unknown_resource`, `forbidden` */
export type ListBlockers = (actor: Actor, records: readonly RecordKey[]) => Promise<Blocker[]>;

interface Parts {
  registry: Pick<InternalRegistry, 'listHolders' | 'getWorkOrder' | 'listAwaited'>;
  tasks: Pick<Tasks, 'describeConflicts'>;
  permissions: Pick<Permissions, 'assertRecords' | 'require'>;
}

/** The asked records of a lease. */
interface Found {
  lease: LeaseView;
  isWaiting: boolean;
  records: RecordKey[];
}

export function createListBlockers({ registry, tasks, permissions }: Parts): ListBlockers {
  const assertRecords: Permissions['assertRecords'] = permissions.assertRecords;
  return async (actor, records) => {
    assertRecords(records);
    await permissions.require({ actor, action: 'watch', records });
    const found = await findBlockers(registry, records);
    const shown = await tasks.describeConflicts(
      found.map(({ lease, records: asked, isWaiting }) => ({
        ...{ lease, recordCount: asked.length, records: asked, isWaiting },
      })),
      { visibleTo: actor },
    );
    // Only users who may watch the task may know how it works.
    const visible = shown.filter(({ task }) => task).map(({ lease }) => lease.id);
    const waiting = found.filter(({ isWaiting }) => isWaiting).map(({ lease }) => lease.id);
    const [orders, awaited] = await Promise.all([
      registry.getWorkOrder([...new Set([...visible, ...waiting])]),
      registry.listAwaited(waiting),
    ]);
    const isVisible = new Set(visible);
    const shownOrder = (id: LeaseId) =>
      isVisible.has(id) ? followedOrder(orders.get(id), failedCountOf(shown, id)) : undefined;
    return shown.map(({ lease, task, isSameUser, records: asked }, i): Blocker => {
      const order = shownOrder(lease.id);
      return {
        lease,
        ...(task && { task }),
        ...(found[i]!.isWaiting && { isWaiting: true }),
        ...(isSameUser && { isSameUser: true }),
        records: asked,
        ...(order && { order: asked.map((record) => order.placeOf.get(record) ?? null) }),
        ...(found[i]!.isWaiting && {
          waitsFor: (awaited.get(lease.id) ?? []).map((leaseId) => {
            const until = lastPlaceOf(orders.get(lease.id), shownOrder(leaseId));
            return { leaseId, ...(until !== undefined && { until }) };
          }),
        }),
      };
    });
  };
}

const failedCountOf = (shown: readonly Pick<Blocker, 'lease' | 'task'>[], id: LeaseId): number =>
  shown.find(({ lease }) => lease.id === id)?.task?.failedCount ?? 0;

/** Leases in force first, then those that wait, in the order in which they came. */
async function findBlockers(
  registry: Pick<InternalRegistry, 'listHolders'>,
  records: readonly RecordKey[],
): Promise<Found[]> {
  const found = new Map<LeaseId, Found>();
  for (const [record, holders] of await registry.listHolders(records)) {
    for (const { lease, isWaiting } of holders) {
      const known = found.get(lease.id);
      if (known) known.records.push(record);
      else found.set(lease.id, { lease, isWaiting, records: [record] });
    }
  }
  const inOrder = [...found.values()].sort((one, other) => Number(one.lease.id) - Number(other.lease.id));
  return [...inOrder.filter(({ isWaiting }) => !isWaiting), ...inOrder.filter(({ isWaiting }) => isWaiting)];
}
