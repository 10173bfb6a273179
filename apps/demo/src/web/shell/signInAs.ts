import type { User } from '../../gazetteer/users.ts';
import { request } from '../request.ts';
import { type Session, setSession } from '../session.ts';

export async function signInAs(user: User): Promise<void> {
  setSession(await request<Session>('/api/session', { method: 'POST', body: { userId: user.id } }));
}
