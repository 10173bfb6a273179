/**
 * Runs small work in this process now, and puts large work into the queue, with one definition. Work that runs here is an
 * ordinary task, with its lease, its progress and its end, so that everybody sees it. It only has no job.
 */
import type { Launched, TaskView } from '@rowlock/protocol';
import { ConflictError } from '../../errors.ts';
import type { TaskDefinition } from '../definition/defineTask.ts';
import type { EarlierLaunches } from './earlierLaunches.ts';
import type { Launcher } from './launch.ts';
import { assertLaunchOptions, type LaunchOptions } from './launchOptions.ts';
import type { LaunchPlan, Plan } from './launchPlan.ts';
import type { Prepared, PrepareLaunch } from './prepareLaunch.ts';
import type { RunHere } from './runHere.ts';

const DEFAULT_THRESHOLD = 100;
export interface RunOrLaunchOptions extends LaunchOptions {
  /** The most records that run in this process. Default 100 */
  threshold?: number;
}

export type RanOrLaunched<Result = unknown> =
  | { kind: 'done'; task: TaskView; result: Result }
  | ({ kind: 'launched' } & Launched);

export interface RunOrLaunch {
  runOrLaunch(
    definition: TaskDefinition,
    rawInput: unknown,
    options: RunOrLaunchOptions,
  ): Promise<RanOrLaunched>;
  /** Stops the runs in this process. Their tasks keep their locks, and continue in the queue. */
  close(): Promise<void>;
}

export function createRunOrLaunch({
  launcher,
  earlier,
  prepare,
  plan,
  here,
}: {
  launcher: Pick<Launcher, 'launchPlanned'>;
  earlier: EarlierLaunches;
  prepare: PrepareLaunch;
  plan: Plan;
  here: Pick<RunHere, 'run' | 'stop'>;
}): RunOrLaunch {
  const underWay = new Set<Promise<unknown>>();
  let isClosing = false;

  async function runOrLaunch(
    definition: TaskDefinition,
    rawInput: unknown,
    { threshold = DEFAULT_THRESHOLD, ...options }: RunOrLaunchOptions,
  ): Promise<RanOrLaunched> {
    assertLaunchOptions(options);
    const known = await earlier.find(definition, options);
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
        return here.run(begun.acquired, begun.planned);
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
      return await prepare(
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
    async close() {
      isClosing = true;
      here.stop();
      await Promise.allSettled([...underWay]);
    },
  };
}

/** The answer for an earlier launch with the same key. */
function answerOf(launched: Launched): RanOrLaunched {
  const { task } = launched;
  if (task.state === 'completed') return { kind: 'done', task, result: task.result };
  return { ...launched, kind: 'launched' };
}
