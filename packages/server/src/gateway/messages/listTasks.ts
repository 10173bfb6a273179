/** `listTasks`: a page of the tasks that the user may see. */
import { createListVisibleTasks } from '../../tasks/read/listVisibleTasks.ts';
import { withoutAbsent } from '../../withoutAbsent.ts';
import type { Handler } from './handler.ts';

export const createListTasks = (
  parts: Parameters<typeof createListVisibleTasks>[0],
): Handler<'listTasks'> => {
  const listVisibleTasks = createListVisibleTasks(parts);
  return { handle: ({ actor }, query) => listVisibleTasks(actor, withoutAbsent(query)) };
};
