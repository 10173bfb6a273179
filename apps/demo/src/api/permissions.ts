/** Who may do what. What is not allowed here is refused. */
import type { User } from '../gazetteer/users.ts';

export type Action = 'watch' | 'acquire' | 'write' | 'launch' | 'cancel' | 'takeOver' | 'manageQueues';

export function isAllowed(
  user: User | undefined,
  action: Action,
  task?: { name: string; actor?: { id: string } },
): boolean {
  switch (user?.role) {
    case 'admin':
      return true;
    case 'editor':
      if (action === 'manageQueues') return false;
      // Another's task is another's work: only an admin stops it.
      return action === 'cancel' ? task?.actor?.id === user.id : true;
    case 'viewer':
      return action === 'watch';
    default:
      return false;
  }
}
