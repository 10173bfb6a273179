import { createContext, useContext } from 'react';
import type { TaskSource } from '../core/taskSource.ts';
import { useClient } from './contexts.ts';

/** Replaces the client as the source of tasks, for everything below it. */
export const TaskSourceContext = createContext<TaskSource | undefined>(undefined);

/** Where tasks come from: the nearest given source, or the client of the nearest provider. */
export function useTaskSource(): TaskSource {
  const { tasks } = useClient();
  return useContext(TaskSourceContext) ?? tasks;
}
