/** Tasks as an application uses them: launching, looking, cancelling. Puts the parts together; decides nothing. */
import type { Conflict, TaskView } from '@rowlock/protocol';
import type { z } from 'zod';
import { type Cancel, type CancelOptions, createCancel } from './cancel.ts';
import type { TaskDefinition } from './defineTask.ts';
import { createExplain, type Explain } from './explain.ts';
import { createLauncher, type LaunchDeps, type Launched, type Launcher } from './launch.ts';
import type { LaunchOptions } from './launchOptions.ts';
import { createPlanner, type Plan } from './launchPlan.ts';
import type { TaskChanges } from './taskChanges.ts';

export interface Tasks {
  /**
   * Reserves every record that the task will touch, then enqueues it. Where either fails, no lock stays behind.
   * @throws {ConflictError} with the live progress of the tasks in the way
   * @throws {RowlockError} `bad_request` (input, options or records), `forbidden`, `unavailable`
   */
  launch<Input extends z.ZodType, Result>(
    definition: TaskDefinition<Input, Result>,
    input: z.input<Input>,
    options: LaunchOptions,
  ): Promise<Launched>;
  get(taskId: string): Promise<TaskView | undefined>;
  /** Newest first. @param options.limit 1 to 1,000, default 100 */
  list(options?: { limit?: number }): Promise<TaskView[]>;
  /**
   * Asks a task to stop, and its children with it: at once where it waits, at its next heartbeat where it runs. A task
   * that has ended stays as it is. The answer is what it is by then. @throws {RowlockError} `not_found`, `forbidden`
   */
  cancel(taskId: string, options: CancelOptions): Promise<TaskView>;
  /** Adds each holder's task, with its progress, to conflicts that the lock registry reported. */
  explain(conflicts: readonly Conflict[]): Promise<Conflict[]>;
}

export type TasksDeps = Omit<LaunchDeps, 'plan' | 'explain'> & {
  definitions: ReadonlyMap<string, TaskDefinition>;
  changes: TaskChanges;
};

export function createTasks(deps: TasksDeps): Tasks {
  const { store } = deps;
  const explain: Explain = createExplain(store);
  const plan: Plan = createPlanner(deps);
  const launcher: Launcher = createLauncher({ ...deps, plan, explain });
  const cancel: Cancel = createCancel(deps);

  return {
    launch: (definition, input, options) => launcher.launch(definition as TaskDefinition, input, options),
    get: (taskId) => store.get(taskId),
    list: ({ limit = 100 } = {}) => store.list(Math.max(1, Math.min(limit, 1_000))),
    cancel,
    explain,
  };
}
