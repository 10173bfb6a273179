import { send } from '../request.ts';
import { setSession } from '../session.ts';

/** Ends the sessions of this user in all windows and on all computers. Their rows are free at once. */
export async function signOutEverywhere(): Promise<void> {
  await send('/api/sessions', { method: 'DELETE' });
  setSession(undefined);
}
