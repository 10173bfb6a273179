/**
 * Launches a task: acquires every record, stores the task, and adds its job to the queue. If this process crashes in between,
 * the reconciler finds a lease without a task, or a task without a job, and settles it.
 */
import type { Launched } from '@rowlock/protocol';
import type { TaskDefinition } from '../definition/defineTask.ts';
import type { DescribeConflicts } from '../read/describeConflicts.ts';
import type { EarlierLaunches } from './earlierLaunches.ts';
import type { Enqueue } from './enqueue.ts';
import { assertLaunchOptions, type LaunchOptions } from './launchOptions.ts';
import type { LaunchPlan, Plan } from './launchPlan.ts';
import type { Origin } from './newTask.ts';
import type { PrepareLaunch } from './prepareLaunch.ts';

export interface Launcher {
  launch(definition: TaskDefinition, rawInput: unknown, options: LaunchOptions): Promise<Launched>;
  launchPlanned(plan: LaunchPlan, options: LaunchOptions, origin?: Origin): Promise<Launched>;
}

export function createLauncher({
  plan,
  earlier,
  prepare,
  enqueue,
  describeConflicts,
}: {
  plan: Plan;
  earlier: EarlierLaunches;
  prepare: PrepareLaunch;
  enqueue: Enqueue;
  describeConflicts: DescribeConflicts;
}): Launcher {
  async function launchPlanned(
    launchPlan: LaunchPlan,
    options: LaunchOptions,
    origin?: Origin,
  ): Promise<Launched> {
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

  return {
    async launch(definition, rawInput, options) {
      assertLaunchOptions(options);
      // Before `records` is called: the records of an ended task may have changed since.
      const known = await earlier.find(definition, options);
      return known ?? launchPlanned(await plan(definition, rawInput, options), options);
    },
    launchPlanned,
  };
}
