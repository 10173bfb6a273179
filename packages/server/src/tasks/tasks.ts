/** Tasks as an application uses them: launching, looking, cancelling. Puts the parts together; decides nothing. */
import type { Actor, Conflict, TaskView } from '@rowlock/protocol';
import type { Redis } from 'ioredis';
import type { AuditTrail } from '../locks/registry/auditTrail.ts';
import type { Logger } from '../logger.ts';
import type { Keys } from '../redis/keys.ts';
import type { Tracing } from '../telemetry/tracing.ts';
import { type CancelOptions, createCancel } from './control/cancel.ts';
import { createRetry, type RetryOptions } from './control/retryTask.ts';
import type { TaskDefinition } from './definition/defineTask.ts';
import type { InputOf, Schema } from './definition/schema.ts';
import { createLauncher, type LaunchDeps, type Launched, type Launcher } from './launch/launch.ts';
import { createLaunchChild } from './launch/launchChild.ts';
import { type LaunchRequest, type LaunchResult, launchMany } from './launch/launchMany.ts';
import type { LaunchOptions } from './launch/launchOptions.ts';
import { createPlanner, type Plan } from './launch/launchPlan.ts';
import { createPreview, type Preview } from './launch/preview.ts';
import { createRunHere, type RanOrLaunched, type RunOrLaunchOptions } from './launch/runOrLaunch.ts';
import { tracedLaunchChild, tracedLauncher, tracedPlan } from './launch/tracedLaunch.ts';
import {
  createDescribeConflicts,
  type DescribeConflicts,
  type DescribeConflictsOptions,
} from './read/describeConflicts.ts';
import type { TaskChanges } from './read/taskChanges.ts';
import { createListTasks, type TaskFilter, type TaskPage } from './read/taskList.ts';
import type { LaunchChild } from './run/attemptChildren.ts';
import type { AttemptStore } from './store/attemptStore.ts';
import { createTaskArchive, type TaskFailures, type TaskLogLine } from './store/taskArchive.ts';

export interface Tasks {
  /**
   * Reserves every record that the task will touch, then enqueues it. Where either fails, no lock stays behind.
   * @throws {ConflictError} with the live progress of the tasks in the way
   * @throws {RowlockError} `bad_request` (input, options or records), `forbidden`, `unavailable`
   */
  launch<Input extends Schema, Result>(
    definition: TaskDefinition<Input, Result>,
    input: InputOf<Input>,
    options: LaunchOptions,
  ): Promise<Launched>;
  /**
   * Many launches in one call: one result for each, in their order. One that is refused takes no other with it; its result
   * is its error.
   */
  launchMany(requests: readonly LaunchRequest[]): Promise<LaunchResult[]>;
  /**
   * Up to `threshold` records (default 100) it runs here and now, under its lease, and everybody sees it as a task; else it
   * is launched. A run here is tried once, and what it throws is thrown. Where this process closes meanwhile, it goes
   * on in the queue.
   * @throws as `launch`; {AttemptStopped} where it was cancelled; {LeaseLostError}; what the run throws
   */
  runOrLaunch<Input extends Schema, Result>(
    definition: TaskDefinition<Input, Result>,
    input: InputOf<Input>,
    options: RunOrLaunchOptions,
  ): Promise<RanOrLaunched<Result>>;
  /**
   * What a launch would touch, and what is in its way now. Takes nothing.
   * @throws {RowlockError} `bad_request`, `forbidden`, `unavailable`
   */
  preview<Input extends Schema, Result>(
    definition: TaskDefinition<Input, Result>,
    input: InputOf<Input>,
    options: { actor: Actor },
  ): Promise<Preview>;
  get(taskId: string): Promise<TaskView | undefined>;
  /** Newest first, page by page. @throws {RowlockError} `bad_request` if `after` is malformed */
  list(filter?: TaskFilter): Promise<TaskPage>;
  /** The rows that a task could not do, and why. */
  failures(taskId: string): Promise<TaskFailures>;
  /** The newest 200 lines of a task's own log, oldest first. */
  log(taskId: string): Promise<TaskLogLine[]>;
  /**
   * Asks a task to stop, and its children with it: at once where it waits, at its next heartbeat where it runs. A task
   * that has ended stays as it is. The answer is what it is by then. @throws {RowlockError} `not_found`, `forbidden`
   */
  cancel(taskId: string, options: CancelOptions): Promise<TaskView>;
  /**
   * Tries an ended task again, as a new task with the same input, tags, attempts and priority: all that its input selects
   * now, or only the rows that it could not do.
   * @throws as `launch`; {RowlockError} `not_found`, `bad_request` where there is nothing to try again
   */
  retry(taskId: string, options: RetryOptions): Promise<Launched>;
  /**
   * Adds each holder's task, with its progress, to conflicts that the lock registry reported. With `visibleTo` a task that
   * this actor may not watch is hidden: only that a task holds the rows, for whom and since when.
   */
  describeConflicts(conflicts: readonly Conflict[], options?: DescribeConflictsOptions): Promise<Conflict[]>;
}

/** What the rest of this package needs of them. */
export interface TasksInside {
  tasks: Tasks;
  launchChild: LaunchChild;
  /** Somebody has asked this task to stop: where it runs here, it is told at once. */
  nudge(taskId: string): void;
  /** What runs in this process without a job goes on in the queue. */
  close(): Promise<void>;
}

export function createTasks(
  deps: Omit<LaunchDeps, 'plan' | 'describeConflicts'> & {
    redis: Redis;
    keys: Keys;
    audit: AuditTrail;
    attempts: AttemptStore;
    definitions: ReadonlyMap<string, TaskDefinition>;
    changes: TaskChanges;
    tracing: Tracing;
    logger: Logger;
  },
): TasksInside {
  const { store, tracing } = deps;
  const describeConflicts: DescribeConflicts = createDescribeConflicts(store, deps.permissions);
  const plan: Plan = tracedPlan(createPlanner(deps), tracing);
  const launcher: Launcher = tracedLauncher(createLauncher({ ...deps, plan, describeConflicts }), tracing);
  const launchChild = tracedLaunchChild(createLaunchChild({ ...deps, launcher, plan }), tracing);
  const here = createRunHere({ ...deps, launcher, launchChild, plan });
  const archive = createTaskArchive(deps.redis, deps.keys);
  const preview = createPreview({ ...deps, plan, describeConflicts });

  return {
    tasks: {
      launch: (definition, input, options) => launcher.launch(definition as TaskDefinition, input, options),
      launchMany: (requests) => launchMany(launcher, requests),
      runOrLaunch: (definition, input, options) =>
        here.runOrLaunch(definition as TaskDefinition, input, options) as Promise<RanOrLaunched<never>>,
      preview: (definition, input, options) => preview(definition as TaskDefinition, input, options),
      get: (taskId) => store.get(taskId),
      list: createListTasks(deps),
      failures: archive.failures,
      log: archive.log,
      cancel: createCancel(deps),
      retry: createRetry({ ...deps, launcher, plan, archive }),
      describeConflicts,
    },
    launchChild,
    nudge: here.nudge,
    close: here.close,
  };
}
