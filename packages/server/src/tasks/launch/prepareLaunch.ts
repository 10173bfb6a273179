/**
 * Prepares a launch: acquires its records and stores its task, or finds the task that an earlier launch with the same key
 * has stored. Only the job is missing then.
 */
import type { Actor, Launched } from '@rowlock/protocol';
import type { Clock } from '../../clock.ts';
import { ConflictError, RowlockError } from '../../errors.ts';
import type { InternalRegistry } from '../../locks/registry/lockRegistry.ts';
import type { TaskDefinition } from '../definition/defineTask.ts';
import { type DescribeConflicts, redactConflict } from '../read/describeConflicts.ts';
import type { IdempotencyKeys } from '../store/idempotencyKeys.ts';
import type { TaskStore } from '../store/taskStore.ts';
import type { WaitingTasks } from '../upkeep/waitingTasks.ts';
import type { AcquireForLaunch } from './acquireForLaunch.ts';
import type { Acquired, AcquiredTask } from './acquireRecords.ts';
import type { EarlierLaunches } from './earlierLaunches.ts';
import { isReservationAbandoned } from './idempotency.ts';
import type { LaunchOptions } from './launchOptions.ts';
import type { LaunchPlan } from './launchPlan.ts';
import { type Origin, type PlannedTask, planTask } from './newTask.ts';
import { findOwnBlockingLease } from './ownLease.ts';

/** A task that holds its records but is not in the queue yet, or one that was launched already. */
export type Prepared =
  | { kind: 'acquired'; acquired: AcquiredTask; planned: PlannedTask }
  | ({ kind: 'launched' } & Launched);

/** @throws {ConflictError} {RowlockError} `bad_request`, `forbidden` */
export type PrepareLaunch = (plan: LaunchPlan, options: LaunchOptions, origin?: Origin) => Promise<Prepared>;

export function createPrepareLaunch(deps: {
  namespace: string;
  registry: InternalRegistry;
  store: TaskStore;
  idempotencyKeys: IdempotencyKeys;
  waitingTasks: WaitingTasks;
  acquireForLaunch: AcquireForLaunch;
  earlier: EarlierLaunches;
  describeConflicts: DescribeConflicts;
  clock: Clock;
}): PrepareLaunch {
  const { store, waitingTasks, acquireForLaunch, earlier, describeConflicts } = deps;

  async function finishWaiting(
    { task: stored, conflicts, conflictCount }: Extract<Acquired, { kind: 'waiting' }>,
    actor: Actor,
  ): Promise<Launched> {
    // Immediately, since its records may have become free before it was stored.
    await waitingTasks.advance(stored.id).catch(() => {});
    const task = (await store.get(stored.id).catch(() => undefined)) ?? stored;
    const described = await describeConflicts(conflicts, { visibleTo: actor });
    return { task, skipped: [], conflicts: described, conflictCount };
  }

  const redactFor =
    (actor: Actor) =>
    async (error: unknown): Promise<never> => {
      throw error instanceof ConflictError
        ? await redactConflict({ describeConflicts }, error, actor)
        : error;
    };

  return async (plan, given, origin) => {
    const { onConflict, actor } = given;
    if (onConflict === 'skip') assertSupportsPartial(plan.definition);
    // A waiting task gets its records after the launching code's own lease has ended.
    const mayTakeOver = onConflict !== 'wait' && !given.lease;
    const own = mayTakeOver ? await findOwnBlockingLease(deps, plan) : undefined;
    const options = own ? { ...given, lease: { leaseId: own.leaseId, secret: own.secret } } : given;
    const planned = planTask(plan, options, origin);
    let evicted: string | undefined;
    for (;;) {
      const acquired: Acquired = await acquireForLaunch(planned, options, { evicted, own }).catch(
        redactFor(actor),
      );
      evicted = undefined;
      switch (acquired.kind) {
        case 'acquired':
          return { kind: 'acquired', acquired, planned };
        case 'waiting':
          return { kind: 'launched', ...(await finishWaiting(acquired, actor)) };
        case 'known': {
          const launched = await earlier.join(acquired.taskId, actor);
          if (launched) return { kind: 'launched', ...launched };
          break;
        }
        case 'reserved':
          if (await isReservationAbandoned(deps, planned.idem!, acquired.taskId)) evicted = acquired.taskId;
      }
    }
  };
}

/** @throws {RowlockError} `bad_request` */
function assertSupportsPartial({ name, supportsPartial }: TaskDefinition): void {
  if (supportsPartial) return;
  throw new RowlockError(
    'bad_request',
    `"${name}" cannot be launched for some of its records. If its run uses ctx.records alone, say supportsPartial in ` +
      'its definition. Otherwise launch it without onConflict: "skip".',
  );
}
