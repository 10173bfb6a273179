import type { TaskView } from '@rowlock/protocol';
import type { User } from '../../gazetteer/users.ts';

/** Repeats the server's decision, so that no button is shown that would be refused. */
export const mayCancel = (user: User, task: TaskView): boolean =>
  user.role === 'admin' || (user.role === 'editor' && task.actor.id === user.id);
