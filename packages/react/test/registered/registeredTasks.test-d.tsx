/** The types that the hooks know of an application that declares its tasks. A program of its own, since a declaration counts everywhere. */
import type { TaskView } from '@rowlock/protocol';
import {
  type TaskName,
  TaskProgress,
  useLaunchTask,
  useTask,
  useTaskEnd,
  useTaskFailures,
  useTasks,
} from '@rowlock/react';
import { expectTypeOf } from 'vitest';

type AppTasks = {
  readonly rename: { input: { ids: string[]; note?: string }; result: { renamed: number } };
  readonly count: { input: Record<string, never>; result: number };
};

declare module '@rowlock/react' {
  interface Register {
    tasks: AppTasks;
  }
}

declare const maybeId: string | undefined;

export function useExamples() {
  expectTypeOf<TaskName>().toEqualTypeOf<'rename' | 'count'>();

  // The name of a task decides the type of its result.
  const { task } = useTask(maybeId);
  expectTypeOf(task?.name).toEqualTypeOf<'rename' | 'count' | undefined>();
  if (task?.name === 'rename') expectTypeOf(task.result).toEqualTypeOf<{ renamed: number } | undefined>();
  if (task?.name === 'count') expectTypeOf(task.result).toEqualTypeOf<number | undefined>();
  // @ts-expect-error: no task has that name
  expectTypeOf(task?.name === 'renam').toEqualTypeOf<boolean>();
  if (task) expectTypeOf(task).toExtend<TaskView>();

  // A selection has the type of its function.
  expectTypeOf(useTask('t1', { select: (state) => state.task?.label })).toEqualTypeOf<string | undefined>();
  const running = useTasks({
    filter: { states: ['running'] },
    select: ({ tasks }) => tasks.filter(({ name }) => name === 'rename').length,
  });
  expectTypeOf(running).toEqualTypeOf<number>();
  expectTypeOf(useTasks().tasks[0]?.name).toEqualTypeOf<'rename' | 'count' | undefined>();
  expectTypeOf(useTasks().loadMore()).resolves.toEqualTypeOf<void>();
  // @ts-expect-error: no task has that state
  useTasks({ filter: { states: ['done'] } });

  useTaskEnd(
    (ended) => {
      if (ended.name === 'count') expectTypeOf(ended.result).toEqualTypeOf<number | undefined>();
    },
    { filter: { actorId: 'ann' } },
  );
  // @ts-expect-error: only ends are reported
  useTaskEnd(() => {}, { filter: { states: ['running'] } });
  expectTypeOf(useTaskFailures(maybeId).failures[0]?.error).toEqualTypeOf<string | undefined>();

  if (task) return <TaskProgress task={task} />;
  return null;
}

export async function useLaunches() {
  const rename = useLaunchTask('rename');
  // @ts-expect-error: no task has that name
  useLaunchTask('renam');
  const outcome = await rename.launch({ ids: ['1'] }, { onConflict: 'skip' });
  if (outcome.ok) expectTypeOf(outcome.task.result).toEqualTypeOf<{ renamed: number } | undefined>();
  // @ts-expect-error: an id of this task is text
  void rename.launch({ ids: [1] });
  // @ts-expect-error: the input is missing
  void rename.launch();
  rename.preview({ ids: [] });
  rename.preview(undefined);
  // @ts-expect-error: the input is that of another task
  rename.preview({});
  if (rename.status === 'launched') {
    expectTypeOf(rename.task.result).toEqualTypeOf<{ renamed: number } | undefined>();
    expectTypeOf(rename.error).toEqualTypeOf<undefined>();
  }
  if (rename.status === 'conflict') expectTypeOf(rename.error.code).toExtend<string>();
}
