/** How hooks and components know the tasks of the application: by one declaration in its code. */
import type { TaskTypeMap } from '@rowlock/protocol';
import type { TypedTaskView } from '../core/taskSnapshot.ts';

/**
 * Declare your tasks once, anywhere in the application. From then on names, inputs and results are checked and inferred:
 *
 *     import type { AppTasks } from '../server/tasks'; // TaskTypes<typeof tasks> of @rowlock/server
 *
 *     declare module '@rowlock/react' {
 *       interface Register {
 *         tasks: AppTasks;
 *       }
 *     }
 */
// biome-ignore lint/suspicious/noEmptyInterface: the application adds its tasks
export interface Register {}

/** The tasks that the application has declared. Without a declaration: any name, any input and any result. */
export type RegisteredTasks = Register extends { tasks: infer Tasks extends TaskTypeMap }
  ? Tasks
  : TaskTypeMap;

/** The name of a declared task. */
export type TaskName = keyof RegisteredTasks & string;

/** A task of a declared name, with the result of its type. */
type NamedTaskView<Name extends TaskName> = string extends Name
  ? TypedTaskView
  : Omit<TypedTaskView<RegisteredTasks[Name]['result']>, 'name'> & { name: Name };

/** A task of any declared name: `task.name === 'export'` narrows `task.result`. */
export type RegisteredTaskView = { [Name in TaskName]: NamedTaskView<Name> }[TaskName];
