/** Retries an ended task as a new task with the same input: for all records, or only for those that failed. */
import { type Actor, isFinal, type Launched, type RecordKey } from '@rowlock/protocol';
import { RowlockError } from '../../errors.ts';
import type { TaskDefinition } from '../definition/defineTask.ts';
import type { EarlierLaunches } from '../launch/earlierLaunches.ts';
import type { Launcher } from '../launch/launch.ts';
import { assertLaunchOptions, type LaunchOptions } from '../launch/launchOptions.ts';
import type { Plan } from '../launch/launchPlan.ts';
import type { TaskArchive } from '../store/taskArchive.ts';

export interface RetryOptions
  extends Pick<LaunchOptions, 'onConflict' | 'waitMs' | 'idempotencyKey' | 'delayMs'> {
  actor: Actor;
  /** Only the records that failed. Its definition must say `supportsPartial`. Default: all that its input selects now */
  onlyFailed?: boolean;
}

export type RetryTask = (taskId: string, options: RetryOptions) => Promise<Launched>;

export function createRetry(deps: {
  archive: TaskArchive;
  earlier: EarlierLaunches;
  launcher: Pick<Launcher, 'launchPlanned'>;
  plan: Plan;
  definitions: ReadonlyMap<string, TaskDefinition>;
}): RetryTask {
  const { archive, earlier, launcher, plan, definitions } = deps;

  return async (taskId, { actor, onlyFailed = false, ...more }) => {
    const former = await archive.findLaunch(taskId);
    if (!former)
      throw new RowlockError(
        'not_found',
        `No task ${taskId} is known. It may have been deleted: ended tasks are kept for a limited time.`,
      );
    const { name, state, input, tags, options: launched } = former;
    const definition = definitions.get(name);
    if (!definition) {
      throw refused(`Task "${name}" is not among the tasks of this server, so it cannot be launched here.`);
    }
    if (!isFinal(state)) {
      throw refused(`The task is ${state}: it has not ended, so there is nothing to retry. Cancel it first.`);
    }
    if (state === 'completed' && !onlyFailed) {
      throw refused(
        'The task has completed, so there is nothing to retry. Launch it again, or retry only the rows that failed.',
      );
    }
    const options: LaunchOptions = { ...launched, ...more, actor, tags };
    assertLaunchOptions(options);
    const known = await earlier.find(definition, options);
    if (known) return known;
    const records = onlyFailed ? await failedRows(taskId, definition) : undefined;
    const planned = await plan(definition, input, { actor, ...(records && { records }) });
    return launcher.launchPlanned(planned, options, { retryOf: taskId });
  };

  async function failedRows(taskId: string, definition: TaskDefinition): Promise<readonly RecordKey[]> {
    if (!definition.supportsPartial) {
      throw refused(
        `"${definition.name}" cannot be run for some of its rows. If its run uses ctx.records alone, say supportsPartial ` +
          'in its definition. Otherwise retry all of it.',
      );
    }
    const { total, failures } = await archive.failures(taskId);
    if (total === 0)
      throw refused(
        'No row of the task has failed, so there is nothing to retry. Launch it again to run it for all rows.',
      );
    if (failures.length < total) {
      throw refused(
        `${total} rows of the task have failed, and only the first ${failures.length} are stored. Retry all of it.`,
      );
    }
    return failures.map(({ record }) => record);
  }
}

const refused = (message: string) => new RowlockError('bad_request', message);
