/** `launch`: a task whose records are locked when the answer arrives. */
import type { UserTasks } from '../../tasks/control/userTasks.ts';
import { type Handler, SELECTION_COST } from './handler.ts';

export const createLaunch = ({ userTasks }: { userTasks: Pick<UserTasks, 'launch'> }): Handler<'launch'> => ({
  cost: SELECTION_COST,
  // Beside the session's other messages: to select the records may take long.
  handle: ({ actor }, message) => userTasks.launch(actor, message),
});
