/** `activity`: somebody is active in the tab. */
import type { IdleSessions } from '../idleSessions.ts';
import type { Handler } from './handler.ts';

export const createActivity = ({ idleSessions }: { idleSessions: IdleSessions }): Handler<'activity'> => ({
  async handle(session) {
    idleSessions.noteActivity(session);
    return {};
  },
});
