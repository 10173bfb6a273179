/** Acquires the records of a launch, under its idempotency key. */
import type { Clock } from '../../clock.ts';
import type { TransferableLease } from '../../locks/leases/criticalSections.ts';
import type { InternalRegistry } from '../../locks/registry/lockRegistry.ts';
import { MAX_RECORDS_PER_STEP } from '../../locks/registry/requests.ts';
import type { IdempotencyKeys } from '../store/idempotencyKeys.ts';
import type { LaunchStore } from '../store/launchStore.ts';
import type { TaskQueue } from '../store/queue.ts';
import { type Acquired, acquireNow, joinWaitList } from './acquireRecords.ts';
import type { LaunchOptions } from './launchOptions.ts';
import type { PlannedTask } from './newTask.ts';
import { transferLease } from './transferLease.ts';

/**
 * `evicted`: a reservation of the key whose launcher has crashed. `own`: set if the lease in the options is the launching
 * code's own.
 * @throws {ConflictError}
 */
export type AcquireForLaunch = (
  planned: PlannedTask,
  options: LaunchOptions,
  more: { evicted?: string | undefined; own?: TransferableLease | undefined },
) => Promise<Acquired>;

export function createAcquireForLaunch(deps: {
  registry: InternalRegistry;
  launches: LaunchStore;
  idempotencyKeys: IdempotencyKeys;
  queue: TaskQueue;
  clock: Clock;
}): AcquireForLaunch {
  const { registry, launches, idempotencyKeys, queue } = deps;

  function acquire(
    planned: PlannedTask,
    { onConflict = 'refuse', lease }: LaunchOptions,
    own: TransferableLease | undefined,
  ): Promise<Acquired> {
    if (onConflict === 'wait') return joinWaitList({ registry, launches }, planned);
    if (lease) return transferLease(deps, planned, lease, onConflict, own);
    const isWithJob = !planned.fields.inline;
    return acquireNow({ registry, launches, queue: isWithJob ? queue : undefined }, planned, onConflict);
  }

  return async (planned, options, { evicted, own }) => {
    const { idem, id } = planned;
    const isOneStep = evicted === undefined && !isManySteps(planned, options);
    if (idem === undefined || isOneStep) return acquire(planned, options, own);
    const reserved = await idempotencyKeys.reserve(idem, id, evicted);
    if (reserved.kind !== 'own') return reserved;
    try {
      return await acquire(planned, options, own);
    } catch (error) {
      // A refused launch has no task, so its key is free again.
      await idempotencyKeys.unreserve(idem, id).catch(() => {});
      throw error;
    }
  };
}

const isManySteps = (planned: PlannedTask, { onConflict, lease }: LaunchOptions): boolean =>
  onConflict === 'wait' || lease !== undefined || planned.plan.records.length > MAX_RECORDS_PER_STEP;
