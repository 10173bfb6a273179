/** The users of the demo and their roles. */
import type { Actor } from '@rowlock/protocol';

export type Role = 'admin' | 'editor' | 'viewer';

export interface User extends Actor {
  role: Role;
}

export const users: readonly User[] = [
  { id: 'ann', name: 'Ann Lee', role: 'admin' },
  { id: 'bo', name: 'Bo Novak', role: 'editor' },
  { id: 'chen', name: 'Chen Wei', role: 'editor' },
  { id: 'dana', name: 'Dana Ortiz', role: 'viewer' },
];

export const userById = (id: string): User | undefined => users.find((user) => user.id === id);
