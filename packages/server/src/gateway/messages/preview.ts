/** `preview`: what a launch would lock, and the conflicts now. */
import type { UserTasks } from '../../tasks/control/userTasks.ts';
import { type Handler, SELECTION_COST } from './handler.ts';

export const createPreview = ({
  userTasks,
}: {
  userTasks: Pick<UserTasks, 'preview'>;
}): Handler<'preview'> => ({
  cost: SELECTION_COST,
  handle: ({ actor }, message) => userTasks.preview(actor, message),
});
