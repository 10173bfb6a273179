import type { TaskSource } from '../core/taskSource.ts';
import { useClient } from './contexts.ts';

/** Where tasks come from: the client of the nearest provider. */
export const useTaskSource = (): TaskSource => useClient().tasks;
