import type { TaskResult } from '@rowlock/protocol';
import type { TaskDefinition } from './defineTask.ts';
import type { InputOf } from './schema.ts';

/**
 * The names, inputs and results of an application's tasks, for a client that launches them:
 *
 *     const tasks = [normaliseNames, setFields];
 *     export type AppTasks = TaskTypes<typeof tasks>;
 *
 * A page imports it by `import type`, so that no code of the server gets into it: `createRowlockClient<AppTasks>()`.
 */
export type TaskTypes<Tasks extends readonly TaskDefinition[]> = {
  readonly [Task in Tasks[number] as Task['name']]: {
    input: InputOf<Task['input']>;
    result: TaskResult<Task>;
  };
};
