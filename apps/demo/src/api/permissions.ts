/** The permissions of each role. An action that is not allowed here is refused. */
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
      // Only an admin may cancel the task of another user.
      return action === 'cancel' ? task?.actor?.id === user.id : true;
    case 'viewer':
      return action === 'watch';
    default:
      return false;
  }
}
