/** Runs a task in this process, without a job. If the process closes meanwhile, the task continues in the queue. */
import { isFinal, type Launched, type TaskView } from '@rowlock/protocol';
import type { Clock } from '../../clock.ts';
import { LeaseLostError } from '../../errors.ts';
import type { LockRegistry } from '../../locks/registry/lockRegistry.ts';
import { newSecret } from '../../locks/registry/requests.ts';
import type { Logger } from '../../logger.ts';
import type { Tracing } from '../../telemetry/tracing.ts';
import { AttemptStopped, type RunningAttempt, runAttempt } from '../run/attempt.ts';
import type { LaunchChild } from '../run/attemptChildren.ts';
import type { AttemptOutcome } from '../run/attemptEnd.ts';
import { tracedRun } from '../run/tracedRun.ts';
import type { AttemptStore } from '../store/attemptStore.ts';
import type { StoredJobs } from '../store/storedJobs.ts';
import type { TaskStore } from '../store/taskStore.ts';
import type { AcquiredTask } from './acquireRecords.ts';
import type { Enqueue } from './enqueue.ts';
import type { PlannedTask } from './newTask.ts';

/**
 * Below 1, which is the generation of a job's first start: so a job that continues the task supersedes this attempt.
 */
const GENERATION = 0.5;

type RanHere = { kind: 'done'; task: TaskView; result: unknown } | ({ kind: 'launched' } & Launched);

export interface RunHere {
  /** @throws {AttemptStopped} {LeaseLostError}, or the error of the run */
  run(acquired: AcquiredTask, planned: PlannedTask): Promise<RanHere>;
  /** A cancel of this task was requested. */
  nudge(taskId: string): void;
  /** Stops all runs, and every later one. */
  stop(): void;
}

export function createRunHere(deps: {
  enqueue: Enqueue;
  jobs: StoredJobs;
  attempts: AttemptStore;
  store: TaskStore;
  registry: LockRegistry;
  launchChild: LaunchChild;
  namespace: string;
  tracing: Tracing;
  clock: Clock;
  logger: Logger;
}): RunHere {
  const { enqueue, jobs, attempts, store, tracing } = deps;
  const running = new Map<string, RunningAttempt>();
  let isStopped = false;

  async function attempt(acquired: AcquiredTask, planned: PlannedTask): Promise<AttemptOutcome> {
    const { definition, input } = planned.plan;
    const taskId = planned.id;
    const begun = await attempts.start(taskId, GENERATION, newSecret());
    acquired.onKept?.();
    // It was cancelled before the attempt, or the reconciler has ended it.
    if (begun.kind !== 'started') throw endedBefore(begun, acquired);
    const { started } = begun;
    return tracedRun(tracing, { taskId, name: definition.name, started }, () =>
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
          if (isStopped) attempt.stop('shutdown');
        },
      }),
    ).finally(() => running.delete(taskId));
  }

  return {
    async run(acquired, planned) {
      const outcome = await attempt(acquired, planned);
      const taskId = planned.id;
      switch (outcome.kind) {
        case 'completed': {
          const task = await store.get(taskId);
          // Its run is over, but its children are not. It ends with them.
          if (task && !isFinal(task.state)) return launchedAs(task, acquired);
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
          await enqueue(acquired, planned);
          await jobs.makeQueued(taskId);
          return launchedAs((await store.get(taskId)) ?? acquired.task, acquired);
      }
    },
    nudge: (taskId) => running.get(taskId)?.nudge(),
    stop() {
      isStopped = true;
      for (const attempt of running.values()) attempt.stop('shutdown');
    },
  };
}

const launchedAs = (task: TaskView, { skipped, conflicts }: AcquiredTask): RanHere => ({
  kind: 'launched',
  task,
  skipped,
  conflicts,
  conflictCount: conflicts.length,
});

const endedBefore = (begun: { kind: string; state?: string }, { lease }: AcquiredTask): Error =>
  begun.state === 'cancelled' ? new AttemptStopped('cancelled') : new LeaseLostError(lease.leaseId);
