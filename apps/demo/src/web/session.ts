/** The user of this tab. It is stored for each tab, so that two windows of one browser can be two users. */
import { useSyncExternalStore } from 'react';
import type { User } from '../gazetteer/users.ts';

export interface Session {
  token: string;
  user: User;
}

const KEY = 'gazetteer.session';
const listeners = new Set<() => void>();
let current = read();

function read(): Session | undefined {
  const stored = sessionStorage.getItem(KEY);
  try {
    return stored ? (JSON.parse(stored) as Session) : undefined;
  } catch {
    return undefined;
  }
}

export const currentSession = (): Session | undefined => current;

export function setSession(session: Session | undefined): void {
  current = session;
  if (session) sessionStorage.setItem(KEY, JSON.stringify(session));
  else sessionStorage.removeItem(KEY);
  for (const listener of listeners) listener();
}

export const useSession = (): Session | undefined =>
  useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, currentSession);

/** For everything behind the sign-in page. */
export function useUser(): User {
  const session = useSession();
  if (!session) throw new Error('Nobody is signed in. Use `useUser` only in pages behind the sign-in page.');
  return session.user;
}
