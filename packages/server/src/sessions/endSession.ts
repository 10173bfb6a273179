/** Ends the session of a tab whose user signs out. */
import type { SessionSecret } from '@rowlock/protocol';
import { endSessionLeases } from '../locks/leases/endSessionLeases.ts';
import type { LockRegistry } from '../locks/registry/lockRegistry.ts';
import type { SessionStore } from './sessionStore.ts';

/**
 * Ends the session, then its leases in every process. If it fails in between, call it again. A session that is not stored
 * holds nothing, and nothing happens. @throws {RowlockError} `forbidden` if the secret is not the session's; `unavailable`
 */
export type EndSession = (session: SessionSecret) => Promise<void>;

export const createEndSession =
  ({
    sessionStore,
    registry,
  }: {
    sessionStore: Pick<SessionStore, 'end'>;
    registry: LockRegistry;
  }): EndSession =>
  async (session) => {
    const ended = await sessionStore.end(session);
    if (ended) await endSessionLeases(registry, { actorId: ended.actorId, sessionId: session.sessionId });
  };
