/** Transfers a person's lease to a new task, without a gap. An edit form can launch a task on the rows that it holds. */
import type { Conflict, LeaseSecret, RecordKey, TaskView } from '@rowlock/protocol';
import type { Clock } from '../../clock.ts';
import { LeaseLostError, RowlockError } from '../../errors.ts';
import type { TransferableLease } from '../../locks/leases/criticalSections.ts';
import type { InternalRegistry } from '../../locks/registry/lockRegistry.ts';
import { DEFAULT_TTL_MS, MAX_RECORDS_PER_STEP, newSecret } from '../../locks/registry/requests.ts';
import type { LaunchStore, Transferred } from '../store/launchStore.ts';
import { retryUntilAnswered } from '../store/retryUntilAnswered.ts';
import { type Acquired, NOT_QUEUED } from './acquireRecords.ts';
import { createHolder, createView, type PlannedTask } from './newTask.ts';

/** Shorter than the TTL, so that nobody ends the lease meanwhile. */
const RETURN_LIMIT_MS = 5_000;

/**
 * Missing records are added to the lease first. If the launch fails, the person has the lease as before: with the same
 * secret and the same records. `own`: the lease is the launching code's own, and the task works only on its own records.
 * @throws {LeaseLostError} {ConflictError} {RowlockError} `forbidden`, `bad_request`
 */
export async function transferLease(
  { registry, launches, clock }: { registry: InternalRegistry; launches: LaunchStore; clock: Clock },
  task: PlannedTask,
  lease: LeaseSecret,
  onConflict: 'refuse' | 'skip',
  own?: TransferableLease,
): Promise<Acquired> {
  const { mode = 'exclusive' } = task.plan.definition;
  const { leaseId } = lease;
  const added = await addMissing(registry, task, lease, onConflict);
  const written = own ? forItsRecords(task, added.skipped) : task;
  const secret = newSecret();
  const undo = async (error: string) => {
    const isUndone = await retryUntilAnswered(
      () => launches.returnLease(task.id, { own: secret, former: lease.secret }, error),
      { clock, limitMs: RETURN_LIMIT_MS },
    );
    if (isUndone) await added.undo();
    return isUndone;
  };
  let answer: Transferred;
  try {
    const ownerId = own?.ownerId ?? task.plan.actor.id;
    const to = { secret, holder: createHolder(task), ttlMs: DEFAULT_TTL_MS, mode, ownerId };
    answer = await launches.transferToTask(written, lease, to);
  } catch (error) {
    // It may have been transferred, and only the answer was lost.
    const isUndone = await undo(NOT_QUEUED).catch(() => true);
    if (!isUndone) await added.undo();
    throw error;
  }
  if (answer.kind !== 'created') {
    await added.undo();
    assertTransferable(answer, task, leaseId);
    return answer;
  }
  const { createdAt, launchOrder, recordCount } = answer;
  const view: TaskView = createView(task, { createdAt, launchOrder, recordCount, leaseId });
  return {
    kind: 'acquired',
    task: view,
    lease: { leaseId, secret },
    skipped: added.skipped,
    conflicts: added.conflicts,
    undo,
    ...(own && { onKept: own.onTransferred }),
  };
}

/** The launching code's own lease may cover more records than the task needs. */
function forItsRecords(task: PlannedTask, skipped: readonly RecordKey[]): PlannedTask {
  const left = new Set(skipped);
  const records = task.plan.records.filter((record) => !left.has(record));
  return { ...task, fields: { ...task.fields, records: JSON.stringify(records) } };
}

/** Records that were added to the lease for the task. */
interface Added {
  skipped: readonly RecordKey[];
  conflicts: readonly Conflict[];
  /** Releases them under the person's own secret. If that fails, the person keeps them */
  undo(): Promise<void>;
}

async function addMissing(
  registry: InternalRegistry,
  { plan: { definition, records } }: PlannedTask,
  lease: LeaseSecret,
  onConflict: 'refuse' | 'skip',
): Promise<Added> {
  const { scope = 'record' } = definition;
  const coverage = (await registry.getCoverage([lease.leaseId])).get(lease.leaseId);
  const covered = new Set(coverage?.records);
  const fit = scope === 'subtree' ? new Set(coverage?.subtrees) : covered;
  const missing = records.filter((record) => !fit.has(record));
  const added: RecordKey[] = [];
  const skipped: RecordKey[] = [];
  const conflicts: Conflict[] = [];
  const undo = async () => {
    if (added.length > 0) await registry.releaseRecords(lease, added).catch(() => {});
  };
  try {
    for (let start = 0; start < missing.length; start += MAX_RECORDS_PER_STEP) {
      const some = missing.slice(start, start + MAX_RECORDS_PER_STEP);
      const extension = await registry.extend(lease, { records: some, scope, onConflict });
      const left = new Set(extension.skipped);
      for (const record of some) if (!left.has(record) && !covered.has(record)) added.push(record);
      skipped.push(...left);
      conflicts.push(...extension.conflicts);
    }
  } catch (error) {
    await undo();
    throw error;
  }
  return { skipped, conflicts, undo };
}

function assertTransferable(
  answer: Transferred,
  { plan }: PlannedTask,
  leaseId: string,
): asserts answer is Exclude<Transferred, { kind: 'lost' | 'foreign' | 'shared' }> {
  switch (answer.kind) {
    case 'lost':
      throw new LeaseLostError(leaseId);
    case 'foreign':
      throw new RowlockError(
        'forbidden',
        `${plan.actor.name} can transfer only their own leases, and lease ${leaseId} is somebody else's, or a task's. ` +
          'Nothing was launched; acquire the records yourself, or launch without a lease.',
      );
    case 'shared':
      throw new RowlockError(
        'bad_request',
        `Lease ${leaseId} is shared, or another tab of its user holds some of its records too, and ` +
          `"${plan.definition.name}" must have them alone. Nothing was launched; close the other tab, or acquire an exclusive lease.`,
      );
  }
}
