import type { TaskView } from '@rowlock/protocol';
import type { User } from '../../gazetteer/users.ts';

/** As the server decides it; here only to offer no button that would be refused. */
export const mayCancel = (user: User, task: TaskView): boolean =>
  user.role === 'admin' || (user.role === 'editor' && task.actor.id === user.id);
