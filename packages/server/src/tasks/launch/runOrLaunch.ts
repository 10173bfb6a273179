/**
 * Runs small work in this process now, and puts large work into the queue, with one definition. Work that runs here is an
 * ordinary task, with its lease, its progress and its end, so that everybody sees it. It only has no job.
 */
import { isFinal, type TaskView } from '@rowlock/protocol';
import type { Clock } from '../../clock.ts';
import { ConflictError, LeaseLostError } from '../../errors.ts';
import { newSecret } from '../../locks/registry/claims.ts';
import type { LockRegistry } from '../../locks/registry/lockRegistry.ts';
import type { Logger } from '../../logger.ts';
import type { Tracing } from '../../telemetry/tracing.ts';
import type { TaskDefinition } from '../definition/defineTask.ts';
import { AttemptStopped, type RunningAttempt, runAttempt } from '../run/attempt.ts';
import type { LaunchChild } from '../run/attemptChildren.ts';
import { tracedRun } from '../run/tracedRun.ts';
import type { AttemptStore } from '../store/attemptStore.ts';
import type { LaunchStore } from '../store/launchStore.ts';
import type { TaskStore } from '../store/taskStore.ts';
import type { AcquiredTask } from './acquireRecords.ts';
import type { Launched, Launcher, Prepared } from './launch.ts';
import { assertLaunchOptions, type LaunchOptions } from './launchOptions.ts';
import type { LaunchPlan, Plan } from './launchPlan.ts';
import type { PlannedTask } from './newTask.ts';

const DEFAULT_THRESHOLD = 100;
/** Below 1, which is the generation of a job's first start: so a job that continues the task supersedes this attempt. */
const GENERATION = 0.5;

export interface RunOrLaunchOptions extends LaunchOptions {
  /** The most records that run in this process. Default 100 */
  threshold?: number;
}

export type RanOrLaunched<Result = unknown> =
  | { kind: 'done'; task: TaskView; result: Result }
  | ({ kind: 'launched' } & Launched);

export interface RunHere {
  runOrLaunch(
    definition: TaskDefinition,
    rawInput: unknown,
    options: RunOrLaunchOptions,
  ): Promise<RanOrLaunched>;
  /** A cancel of this task was requested. */
  nudge(taskId: string): void;
  /** Stops the runs in this process. Their tasks keep their locks, and continue in the queue. */
  close(): Promise<void>;
}

export function createRunHere(deps: {
  launcher: Launcher;
  launches: LaunchStore;
  attempts: AttemptStore;
  store: TaskStore;
  registry: LockRegistry;
  plan: Plan;
  launchChild: LaunchChild;
  namespace: string;
  tracing: Tracing;
  clock: Clock;
  logger: Logger;
}): RunHere {
  const { launcher, launches, attempts, store, plan, tracing } = deps;
  const running = new Map<string, RunningAttempt>();
  const underWay = new Set<Promise<unknown>>();
  let isClosing = false;

  async function runHere(acquired: AcquiredTask, planned: PlannedTask): Promise<RanOrLaunched> {
    const { definition, input } = planned.plan;
    const taskId = planned.id;
    const begun = await attempts.start(taskId, GENERATION, newSecret());
    acquired.onKept?.();
    // It was cancelled before the attempt, or the reconciler has ended it.
    if (begun.kind !== 'started') throw endedBefore(begun, acquired);
    const { started } = begun;
    const outcome = await tracedRun(tracing, { taskId, name: definition.name, started }, () =>
      runAttempt({
        ...deps,
        definition,
        started,
        // The caller gets the result only when the end is stored.
        sendEnd: () => false,
        isLastAttempt: true,
        input: input.parsed,
        onRunning(attempt) {
          running.set(taskId, attempt);
          if (isClosing) attempt.stop('shutdown');
        },
      }),
    ).finally(() => running.delete(taskId));
    switch (outcome.kind) {
      case 'completed': {
        const task = await store.get(taskId);
        // Its run is over, but its children are not. It ends with them.
        if (task && !isFinal(task.state)) return { kind: 'launched', ...launchedAs(task, acquired) };
        return { kind: 'done', task: task ?? acquired.task, result: task?.result };
      }
      case 'failed':
      case 'retry':
        throw outcome.error;
      case 'cancelled':
        throw new AttemptStopped('cancelled');
      case 'lost':
        throw new LeaseLostError(acquired.lease.leaseId);
      case 'shutdown':
        // The job comes first: the reconciler does not settle a task with a job.
        await launcher.enqueue(acquired, planned);
        await launches.makeQueued(taskId);
        return { kind: 'launched', ...launchedAs((await store.get(taskId)) ?? acquired.task, acquired) };
    }
  }

  async function runOrLaunch(
    definition: TaskDefinition,
    rawInput: unknown,
    { threshold = DEFAULT_THRESHOLD, ...options }: RunOrLaunchOptions,
  ): Promise<RanOrLaunched> {
    assertLaunchOptions(options);
    const known = await launcher.earlier(definition, options);
    if (known) return answerOf(known);
    const planned = await plan(definition, rawInput, options);
    const isSmall = planned.records.length <= threshold && !options.delayMs;
    if (!isSmall || isClosing)
      return { kind: 'launched', ...(await launcher.launchPlanned(planned, options)) };
    // `close` waits for this part only. The application's code before it might never end.
    return counted(prepareAndRun(planned, options));
  }

  function counted<T>(work: Promise<T>): Promise<T> {
    underWay.add(work);
    void work.catch(() => {}).finally(() => underWay.delete(work));
    return work;
  }

  async function prepareAndRun(planned: LaunchPlan, options: LaunchOptions): Promise<RanOrLaunched> {
    const begun = await prepareHere(planned, options);
    switch (begun.kind) {
      case 'acquired':
        return runHere(begun.acquired, begun.planned);
      case 'launched':
        return answerOf(begun);
      case 'blocked':
        // The caller does not wait here. The task waits for its records, and a worker runs it then.
        return { kind: 'launched', ...(await launcher.launchPlanned(planned, options)) };
    }
  }

  async function prepareHere(
    launchPlan: LaunchPlan,
    { onConflict = 'refuse', waitMs: _ofTheQueue, ...rest }: LaunchOptions,
  ): Promise<Prepared | { kind: 'blocked' }> {
    const isWaiting = onConflict === 'wait';
    try {
      return await launcher.prepare(
        launchPlan,
        { ...rest, onConflict: isWaiting ? 'refuse' : onConflict },
        { inline: true },
      );
    } catch (error) {
      if (error instanceof ConflictError && isWaiting) return { kind: 'blocked' };
      throw error;
    }
  }

  return {
    runOrLaunch,
    nudge: (taskId) => running.get(taskId)?.nudge(),
    async close() {
      isClosing = true;
      for (const attempt of running.values()) attempt.stop('shutdown');
      await Promise.allSettled([...underWay]);
    },
  };
}

const launchedAs = (task: TaskView, { skipped, conflicts }: AcquiredTask): Launched => ({
  task,
  skipped,
  conflicts,
  conflictCount: conflicts.length,
});

/** The answer for an earlier launch with the same key. */
function answerOf(launched: Launched): RanOrLaunched {
  const { task } = launched;
  if (task.state === 'completed') return { kind: 'done', task, result: task.result };
  return { ...launched, kind: 'launched' };
}

const endedBefore = (begun: { kind: string; state?: string }, { lease }: AcquiredTask): Error =>
  begun.state === 'cancelled' ? new AttemptStopped('cancelled') : new LeaseLostError(lease.leaseId);
