/**
 * Tasks as an application uses them: launch, read, cancel and retry. Connects the parts, and makes no decision of its own.
 */
import type { Actor, Conflict, Launched, Preview, TaskView } from '@rowlock/protocol';
import type { Redis } from 'ioredis';
import type { Clock } from '../clock.ts';
import type { AuditTrail } from '../locks/registry/auditTrail.ts';
import type { InternalRegistry } from '../locks/registry/lockRegistry.ts';
import type { Logger } from '../logger.ts';
import type { Permissions } from '../permissions.ts';
import type { Keys } from '../redis/keys.ts';
import type { Tracing } from '../telemetry/tracing.ts';
import { type CancelOptions, createCancel } from './control/cancel.ts';
import { createRetry, type RetryOptions } from './control/retryTask.ts';
import { createUserTasks, type UserTasks } from './control/userTasks.ts';
import type { TaskDefinition } from './definition/defineTask.ts';
import type { InputOf, Schema } from './definition/schema.ts';
import { createAcquireForLaunch } from './launch/acquireForLaunch.ts';
import { createEarlierLaunches } from './launch/earlierLaunches.ts';
import { createEnqueue } from './launch/enqueue.ts';
import { createLauncher, type Launcher } from './launch/launch.ts';
import { createLaunchChild } from './launch/launchChild.ts';
import { type LaunchRequest, type LaunchResult, launchMany } from './launch/launchMany.ts';
import type { LaunchOptions } from './launch/launchOptions.ts';
import { createPlanner, type Plan } from './launch/launchPlan.ts';
import { createPrepareLaunch } from './launch/prepareLaunch.ts';
import { createPreview } from './launch/preview.ts';
import { createRunHere } from './launch/runHere.ts';
import { createRunOrLaunch, type RanOrLaunched, type RunOrLaunchOptions } from './launch/runOrLaunch.ts';
import { tracedLaunchChild, tracedLauncher, tracedPlan } from './launch/tracedLaunch.ts';
import {
  createDescribeConflicts,
  type DescribeConflicts,
  type DescribeConflictsOptions,
} from './read/describeConflicts.ts';
import type { TaskChanges } from './read/taskChanges.ts';
import { createListTasks, type TaskPage, type TaskQuery } from './read/taskList.ts';
import type { LaunchChild } from './run/attemptChildren.ts';
import type { AttemptStore } from './store/attemptStore.ts';
import type { CancelStore } from './store/cancelStore.ts';
import type { IdempotencyKeys } from './store/idempotencyKeys.ts';
import type { LaunchStore } from './store/launchStore.ts';
import type { TaskQueue } from './store/queue.ts';
import type { StoredJobs } from './store/storedJobs.ts';
import { createTaskArchive, type TaskFailures, type TaskLogLine } from './store/taskArchive.ts';
import type { TaskStore } from './store/taskStore.ts';
import type { WaitingTasks } from './upkeep/waitingTasks.ts';

export interface Tasks {
  /**
   * Acquires every record of the task, then adds it to the queue. If either fails, nothing stays locked.
   * @throws {ConflictError} with the live progress of the blocking tasks
   * @throws {RowlockError} `bad_request` (input, options or records), `forbidden`, `unavailable`
   */
  launch<Input extends Schema, Result>(
    definition: TaskDefinition<Input, Result>,
    input: InputOf<Input>,
    options: LaunchOptions,
  ): Promise<Launched>;
  /**
   * Many launches in one call: one result for each, in their order. A refused launch does not affect the others, and its
   * result is its error.
   */
  launchMany(requests: readonly LaunchRequest[]): Promise<LaunchResult[]>;
  /**
   * Runs a task of up to `threshold` records (default 100) in this process, under its lease, and everybody sees it as a
   * task. A larger task is launched. A run in this process has one attempt, and its error is thrown. If this process closes
   * meanwhile, the task continues in the queue.
   * @throws as `launch`; {AttemptStopped} if it was cancelled; {LeaseLostError}; the error of the run
   */
  runOrLaunch<Input extends Schema, Result>(
    definition: TaskDefinition<Input, Result>,
    input: InputOf<Input>,
    options: RunOrLaunchOptions,
  ): Promise<RanOrLaunched<Result>>;
  /**
   * The records that a launch would lock, and the conflicts now. Acquires nothing.
   * @throws {RowlockError} `bad_request`, `forbidden`, `unavailable`
   */
  preview<Input extends Schema, Result>(
    definition: TaskDefinition<Input, Result>,
    input: InputOf<Input>,
    options: { actor: Actor },
  ): Promise<Preview>;
  get(taskId: string): Promise<TaskView | undefined>;
  /** Newest first, page by page. @throws {RowlockError} `bad_request` if `after` is malformed */
  list(filter?: TaskQuery): Promise<TaskPage>;
  /** The records of a task that failed, and why. */
  failures(taskId: string): Promise<TaskFailures>;
  /** The newest 200 lines of a task's own log, oldest first. */
  log(taskId: string): Promise<TaskLogLine[]>;
  /**
   * Cancels a task with its children: at once if it waits, at its next heartbeat if it runs. A task that has ended is
   * unchanged. Returns the task as it is then. @throws {RowlockError} `not_found`, `forbidden`
   */
  cancel(taskId: string, options: CancelOptions): Promise<TaskView>;
  /**
   * Retries an ended task as a new task with the same input, tags, attempts and priority: all records that its input selects
   * now, or only those that failed.
   * @throws as `launch`; {RowlockError} `not_found`, `bad_request` if there is nothing to retry
   */
  retry(taskId: string, options: RetryOptions): Promise<Launched>;
  /**
   * Adds each holder's task, with its progress, to conflicts of the lock registry. With `visibleTo`, a task that this actor
   * may not watch is hidden: the conflict only shows that a task holds the rows, for whom and since when.
   */
  describeConflicts(conflicts: readonly Conflict[], options?: DescribeConflictsOptions): Promise<Conflict[]>;
}

/** The part of the tasks that the rest of this package uses. */
export interface TasksInside {
  tasks: Tasks;
  userTasks: UserTasks;
  launchChild: LaunchChild;
  /** A cancel of this task was requested. If it runs here, it stops at once. */
  nudge(taskId: string): void;
  /** Tasks that run in this process without a job continue in the queue. */
  close(): Promise<void>;
}

export function createTasks(deps: {
  namespace: string;
  redis: Redis;
  keys: Keys;
  registry: InternalRegistry;
  audit: AuditTrail;
  definitions: ReadonlyMap<string, TaskDefinition>;
  store: TaskStore;
  attempts: AttemptStore;
  launches: LaunchStore;
  idempotencyKeys: IdempotencyKeys;
  cancels: CancelStore;
  jobs: StoredJobs;
  queue: TaskQueue;
  waitingTasks: WaitingTasks;
  changes: TaskChanges;
  permissions: Permissions;
  tracing: Tracing;
  clock: Clock;
  logger: Logger;
}): TasksInside {
  const { store, tracing } = deps;
  const describeConflicts: DescribeConflicts = createDescribeConflicts(store, deps.permissions);
  const plan: Plan = tracedPlan(createPlanner(deps), tracing);
  const earlier = createEarlierLaunches(deps);
  const acquireForLaunch = createAcquireForLaunch(deps);
  const prepare = createPrepareLaunch({ ...deps, acquireForLaunch, earlier, describeConflicts });
  const enqueue = createEnqueue(deps.queue);
  const launcher: Launcher = tracedLauncher(
    createLauncher({ plan, earlier, prepare, enqueue, describeConflicts }),
    tracing,
  );
  const launchChild = tracedLaunchChild(createLaunchChild({ ...deps, earlier, enqueue, plan }), tracing);
  const here = createRunHere({ ...deps, enqueue, launchChild });
  const small = createRunOrLaunch({ launcher, earlier, prepare, plan, here });
  const archive = createTaskArchive(deps.redis, deps.keys);
  const preview = createPreview({ ...deps, plan, describeConflicts });
  const cancel = createCancel(deps);
  const retry = createRetry({ ...deps, earlier, launcher, plan, archive });

  return {
    tasks: {
      launch: (definition, input, options) => launcher.launch(definition as TaskDefinition, input, options),
      launchMany: (requests) => launchMany(launcher, requests),
      runOrLaunch: (definition, input, options) =>
        small.runOrLaunch(definition as TaskDefinition, input, options) as Promise<RanOrLaunched<never>>,
      preview: (definition, input, options) => preview(definition as TaskDefinition, input, options),
      get: (taskId) => store.get(taskId),
      list: createListTasks(deps),
      failures: archive.failures,
      log: archive.log,
      cancel,
      retry,
      describeConflicts,
    },
    userTasks: createUserTasks({ ...deps, launcher, preview, retry, cancel }),
    launchChild,
    nudge: here.nudge,
    close: small.close,
  };
}
