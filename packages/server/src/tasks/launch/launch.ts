/**
 * Turns a plan into a task: acquires every record, stores the task, and adds its job to the queue. If this process crashes
 * in between, the reconciler finds a lease without a task, or a task without a job, and settles it.
 */
import type { Actor, Conflict, RecordKey, TaskView } from '@rowlock/protocol';
import type { Clock } from '../../clock.ts';
import { ConflictError, RowlockError } from '../../errors.ts';
import type { InternalRegistry } from '../../locks/registry/lockRegistry.ts';
import type { Permissions } from '../../permissions.ts';
import type { TaskDefinition } from '../definition/defineTask.ts';
import { type DescribeConflicts, redactConflict } from '../read/describeConflicts.ts';
import type { IdempotencyKeys, KeyHolder } from '../store/idempotencyKeys.ts';
import type { LaunchStore } from '../store/launchStore.ts';
import type { TaskQueue } from '../store/queue.ts';
import type { StoredJobs } from '../store/storedJobs.ts';
import type { TaskStore } from '../store/taskStore.ts';
import type { WaitingTasks } from '../upkeep/waitingTasks.ts';
import { createAcquireForLaunch } from './acquireForLaunch.ts';
import { type Acquired, type AcquiredTask, NOT_QUEUED } from './acquireRecords.ts';
import { isReservationAbandoned } from './idempotency.ts';
import { assertLaunchOptions, type LaunchOptions } from './launchOptions.ts';
import type { LaunchPlan, Plan } from './launchPlan.ts';
import { type Origin, type PlannedTask, planTask, scopeKey } from './newTask.ts';
import { findOwnBlockingLease } from './ownLease.ts';

export interface Launched {
  task: TaskView;
  /** With `skip`: the records that were blocked, which the task does not get */
  skipped: readonly RecordKey[];
  /** With `skip`: the blocking leases, with their tasks. With `wait`: the first 20 of them, holders before waiters */
  conflicts: readonly Conflict[];
  /** The number of blocking leases, even if not all are named */
  conflictCount: number;
}

/** A task that holds its records but is not in the queue yet, or one that was launched already. */
export type Prepared =
  | { kind: 'acquired'; acquired: AcquiredTask; planned: PlannedTask }
  | ({ kind: 'launched' } & Launched);

export interface LaunchDeps {
  namespace: string;
  registry: InternalRegistry;
  store: TaskStore;
  launches: LaunchStore;
  idempotencyKeys: IdempotencyKeys;
  jobs: StoredJobs;
  queue: TaskQueue;
  waitingTasks: WaitingTasks;
  permissions: Permissions;
  plan: Plan;
  describeConflicts: DescribeConflicts;
  clock: Clock;
}

export interface Launcher {
  launch(definition: TaskDefinition, rawInput: unknown, options: LaunchOptions): Promise<Launched>;
  launchPlanned(plan: LaunchPlan, options: LaunchOptions, origin?: Origin): Promise<Launched>;
  /** Everything but the job. */
  prepare(plan: LaunchPlan, options: LaunchOptions, origin?: Origin): Promise<Prepared>;
  enqueue(acquired: AcquiredTask, planned: PlannedTask): Promise<void>;
  /** The task of an earlier launch with the same key. */
  earlier(definition: TaskDefinition, options: LaunchOptions): Promise<Launched | undefined>;
}

export function createLauncher(deps: LaunchDeps): Launcher {
  const { store, idempotencyKeys, jobs, queue, waitingTasks, permissions, plan, describeConflicts } = deps;

  const acquireForLaunch = createAcquireForLaunch(deps);

  async function prepare(launchPlan: LaunchPlan, given: LaunchOptions, origin?: Origin): Promise<Prepared> {
    const { onConflict } = given;
    if (onConflict === 'skip') assertSupportsPartial(launchPlan.definition);
    // A waiting task gets its records after the launching code's own lease has ended.
    const mayTakeOver = onConflict !== 'wait' && !given.lease;
    const own = mayTakeOver ? await findOwnBlockingLease(deps, launchPlan) : undefined;
    const options = own ? { ...given, lease: { leaseId: own.leaseId, secret: own.secret } } : given;
    const planned = planTask(launchPlan, options, origin);
    let evicted: string | undefined;
    for (;;) {
      const acquired: Acquired = await acquireForLaunch(planned, options, { evicted, own }).catch(
        redactFor(options.actor),
      );
      evicted = undefined;
      switch (acquired.kind) {
        case 'acquired':
          return { kind: 'acquired', acquired, planned };
        case 'waiting':
          return { kind: 'launched', ...(await finishWaiting(acquired, options.actor)) };
        case 'known': {
          const launched = await join(acquired, options.actor);
          if (launched) return { kind: 'launched', ...launched };
          break;
        }
        case 'reserved':
          if (await isReservationAbandoned(deps, planned.idem!, acquired.taskId)) evicted = acquired.taskId;
      }
    }
  }

  const redactFor =
    (actor: Actor) =>
    async (error: unknown): Promise<never> => {
      throw error instanceof ConflictError
        ? await redactConflict({ describeConflicts }, error, actor)
        : error;
    };

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

  /** The task of an earlier launch with the same key. Undefined if it was deleted meanwhile. */
  async function join({ taskId }: KeyHolder, actor: Actor): Promise<Launched | undefined> {
    const task = await store.get(taskId);
    if (!task) return undefined;
    if (task.actor.id !== actor.id) await permissions.require({ actor, action: 'watch', task });
    // Its launcher may have crashed before it added the job. Then this launch adds it.
    if (task.state === 'queued' && task.attempt === 0) {
      const job = await jobs.find(taskId);
      if (job) await queue.add(job);
    }
    return { task, skipped: [], conflicts: [], conflictCount: 0 };
  }

  async function enqueue(acquired: AcquiredTask, planned: PlannedTask): Promise<void> {
    try {
      await (acquired.job ?? queue.add(planned.job));
      acquired.onKept?.();
    } catch (error) {
      // If Redis cannot be reached to undo it, the reconciler settles it. If the job was added all the same and the task has
      // started, the launch has succeeded.
      const isUndone = await acquired.undo(NOT_QUEUED).catch(() => true);
      if (isUndone) throw error;
      acquired.onKept?.();
    }
  }

  async function launchPlanned(launchPlan: LaunchPlan, options: LaunchOptions, origin?: Origin) {
    const prepared = await prepare(launchPlan, options, origin);
    if (prepared.kind === 'launched') {
      const { kind: _, ...launched } = prepared;
      return launched;
    }
    const { acquired, planned } = prepared;
    await enqueue(acquired, planned);
    const conflicts = await describeConflicts(acquired.conflicts, { visibleTo: options.actor });
    return { task: acquired.task, skipped: acquired.skipped, conflicts, conflictCount: conflicts.length };
  }

  async function earlier({ name }: TaskDefinition, { idempotencyKey, actor }: LaunchOptions) {
    if (idempotencyKey === undefined) return undefined;
    const taskId = await idempotencyKeys.findHolder(scopeKey(name, idempotencyKey));
    return taskId === undefined ? undefined : join({ kind: 'known', taskId }, actor);
  }

  return {
    async launch(definition, rawInput, options) {
      assertLaunchOptions(options);
      // Before `records` is called: the records of an ended task may have changed since.
      const known = await earlier(definition, options);
      return known ?? launchPlanned(await plan(definition, rawInput, options), options);
    },
    launchPlanned,
    prepare,
    enqueue,
    earlier,
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
