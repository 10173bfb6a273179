/**
 * The lease under which the launching code itself runs: of a guarded request, or of `withLock`. If it blocks the task, it is
 * transferred to the task, so that nobody conflicts with their own request.
 */
import type { Conflict } from '@rowlock/protocol';
import { RowlockError } from '../../errors.ts';
import {
  findJoinable,
  listTransferable,
  type TransferableLease,
} from '../../locks/leases/criticalSections.ts';
import type { InternalRegistry } from '../../locks/registry/lockRegistry.ts';
import { MAX_RECORDS_PER_STEP } from '../../locks/registry/requests.ts';
import type { LaunchPlan } from './launchPlan.ts';

/**
 * @throws {RowlockError} `bad_request` if it is the lease of a task's run, which no other task can take over, or if there
 * are several
 */
export async function findOwnBlockingLease(
  { registry, namespace }: { registry: InternalRegistry; namespace: string },
  { definition, records }: LaunchPlan,
): Promise<TransferableLease | undefined> {
  const own = listTransferable(namespace);
  const host = findJoinable(namespace)?.joinable;
  const run = host?.holder.type === 'task' ? host : undefined;
  if (own.length === 0 && !run) return undefined;
  const { mode = 'exclusive', scope = 'record' } = definition;
  const blocking = new Set<string>();
  for (let start = 0; start < records.length; start += MAX_RECORDS_PER_STEP) {
    const some = records.slice(start, start + MAX_RECORDS_PER_STEP);
    const conflicts: readonly Conflict[] = await registry.getConflicts({ records: some, mode, scope });
    for (const { lease } of conflicts) blocking.add(lease.id);
  }
  if (run && blocking.has(run.lease.id)) {
    throw new RowlockError(
      'bad_request',
      `This code is the run of task ${run.holder.id}, which holds records of "${definition.name}" itself. Nothing was ` +
        "launched. Launch it with ctx.launch, as a child that shares the task's lease.",
    );
  }
  const [lease, ...others] = own.filter(({ leaseId }) => blocking.has(leaseId));
  if (others.length === 0) return lease;
  throw new RowlockError(
    'bad_request',
    `This code holds records of "${definition.name}" under ${others.length + 1} leases, and only one lease can become the ` +
      "task's. Nothing was launched. Lock the records in one call, or launch the task after the other leases have ended.",
  );
}
