/**
 * Sessions: the identity of a browser tab. Its client makes an id and a secret at random, and keeps both over a reload.
 *
 * The id is the holder's id of all leases of the tab, so others see it. The secret proves these leases for guarded writes.
 * Redis has only a digest of it. A session is stored when it first acquires a lease: a tab that only watches costs nothing.
 */
import { createHash } from 'node:crypto';
import type { SessionSecret } from '@rowlock/protocol';
import type { Cluster, Redis } from 'ioredis';
import { RowlockError } from '../errors.ts';
import { asRowlockError } from '../redis/connection.ts';
import type { Keys } from '../redis/keys.ts';
import { script } from '../redis/scripts.ts';

/** How long a stored session outlives its last acquired, resumed or proven lease, in ms. */
export const SESSION_TTL_MS = 24 * 60 * 60_000;

export interface SessionStore {
  /**
   * Stores the session for the actor, or continues it. `formerActorId`: the actor who had it before, if another user has
   * signed in on this tab. @throws {RowlockError} `forbidden` if the secret is not the session's; `unavailable`
   */
  open(session: SessionSecret, actorId: string): Promise<{ formerActorId?: string }>;
  /**
   * `proven`: the secret is the session's, and the session is the actor's. `unknown`: no such session is stored, so it holds
   * nothing. Otherwise `foreign`
   */
  examine(session: SessionSecret, actorId: string): Promise<'proven' | 'unknown' | 'foreign'>;
  /** Forgets the session, so that its secret proves nothing. */
  end(sessionId: string): Promise<void>;
}

type OpenReply = ['opened' | 'continued' | 'refused'] | ['switched', formerActorId: string];

export function createSessionStore(redis: Redis | Cluster, { prefix, session: keyOf }: Keys): SessionStore {
  const openSession = script(redis, prefix, new URL('./lua/openSession.lua', import.meta.url));
  return {
    async open({ sessionId, secret }, actorId) {
      const reply = await openSession(sessionId, digestOf(secret), actorId, SESSION_TTL_MS);
      const [how, formerActorId] = reply as OpenReply;
      if (how === 'refused') {
        throw new RowlockError(
          'forbidden',
          'This session belongs to another client, whose secret differs. Start a new session: reload the page.',
        );
      }
      return formerActorId === undefined ? {} : { formerActorId };
    },

    async examine({ sessionId, secret }, actorId) {
      const [digest, owner] = await inWords(redis.hmget(keyOf(sessionId), 'secret', 'actor'));
      if (digest === null) return 'unknown';
      return digest === digestOf(secret) && owner === actorId ? 'proven' : 'foreign';
    },

    async end(sessionId) {
      await inWords(redis.del(keyOf(sessionId)));
    },
  };
}

const inWords = <T>(command: Promise<T>): Promise<T> =>
  command.catch((error: unknown) => {
    throw asRowlockError(error);
  });

const digestOf = (secret: string): string => createHash('sha256').update(secret).digest('base64url');
