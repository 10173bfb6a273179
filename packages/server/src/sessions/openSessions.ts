/**
 * Stores the session of a tab before the tab acquires or resumes a lease, and again while it holds one: Redis may lose it
 * with its newest data.
 */
import type { Actor, SessionSecret } from '@rowlock/protocol';
import type { Clock } from '../clock.ts';
import { endSessionLeases } from '../locks/leases/endSessionLeases.ts';
import type { LockRegistry } from '../locks/registry/lockRegistry.ts';
import type { SessionStore } from './sessionStore.ts';

/** No longer than the restart grace, in which Redis refuses guarded writes anyway. */
const STORE_AGAIN_MS = 10_000;

/** A connection, and the session that its client proves. */
export interface ProvenTab {
  readonly actor: Actor;
  /** Undefined for a client that sends none: guarded writes prove its leases one by one */
  readonly sessionSecret: SessionSecret | undefined;
}

/**
 * If another user had the session before, their leases end first: nobody meets their former self in the same tab.
 * @throws {RowlockError} `forbidden` if the session is another client's; `unavailable`
 */
export type EnsureSession = (tab: ProvenTab) => Promise<void>;

export function createEnsureSession({
  sessionStore,
  registry,
  clock,
}: {
  sessionStore: Pick<SessionStore, 'open'>;
  registry: LockRegistry;
  clock: Clock;
}): EnsureSession {
  /** When the session of a connection was stored last, by the monotonic clock */
  const storedMs = new WeakMap<ProvenTab, number>();

  return async (tab) => {
    const { sessionSecret, actor } = tab;
    if (!sessionSecret || clock.nowMs() - (storedMs.get(tab) ?? -Infinity) < STORE_AGAIN_MS) return;
    const atMs = clock.nowMs();
    const { occupantId } = await sessionStore.open(sessionSecret, actor.id);
    if (occupantId !== undefined) {
      await endSessionLeases(registry, { actorId: occupantId, sessionId: sessionSecret.sessionId });
      await sessionStore.open(sessionSecret, actor.id, occupantId);
    }
    storedMs.set(tab, atMs);
  };
}
