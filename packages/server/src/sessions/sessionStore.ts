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
import { askRedis } from '../redis/askRedis.ts';
import type { Keys } from '../redis/keys.ts';
import { script } from '../redis/scripts.ts';

/** How long a stored session outlives the last time it was stored, in ms. A tab with leases stores it again and again. */
export const SESSION_TTL_MS = 24 * 60 * 60_000;

export interface SessionStore {
  /**
   * Stores the session for the actor, or continues it. If another user had it before, nothing is stored, and the answer
   * names them: end their leases, then call again with `endedActorId`.
   * @throws {RowlockError} `forbidden` if the secret is not the session's; `unavailable`
   */
  open(session: SessionSecret, actorId: string, endedActorId?: string): Promise<{ occupantId?: string }>;
  /**
   * Ends the session: its secret proves nothing from then on. Returns the user of the session, also if it had ended before, and
   * undefined if no such session is stored, so that it holds nothing.
   * @throws {RowlockError} `forbidden` if the secret is not the session's; `unavailable`
   */
  end(session: SessionSecret): Promise<{ actorId: string } | undefined>;
  /**
   * `proven`: the secret is the session's, and the session is the actor's. `unknown`: no such session is stored, so it holds
   * nothing. `ended`: its user has signed out. Otherwise `foreign`
   */
  examine(session: SessionSecret, actorId: string): Promise<'proven' | 'unknown' | 'ended' | 'foreign'>;
}

type OpenReply = ['opened' | 'refused' | 'ended'] | ['occupied', occupantId: string];
type EndReply = ['unknown' | 'refused'] | ['ended', actorId: string];

export function createSessionStore(redis: Redis | Cluster, { prefix, session: keyOf }: Keys): SessionStore {
  const openSession = script(redis, prefix, new URL('./lua/openSession.lua', import.meta.url));
  const endSession = script(redis, prefix, new URL('./lua/endSession.lua', import.meta.url));
  return {
    async open({ sessionId, secret }, actorId, endedActorId = '') {
      const reply = await openSession(sessionId, digestOf(secret), actorId, SESSION_TTL_MS, endedActorId);
      const [how, occupantId] = reply as OpenReply;
      if (how === 'refused') throw notOwnSession();
      if (how === 'ended') {
        throw new RowlockError(
          'forbidden',
          'This session has ended, because its user signed out. Start a new session: reload the page.',
        );
      }
      return occupantId === undefined ? {} : { occupantId };
    },

    async end({ sessionId, secret }) {
      const [how, actorId] = (await endSession(sessionId, digestOf(secret), SESSION_TTL_MS)) as EndReply;
      if (how === 'refused') throw notOwnSession();
      return actorId === undefined ? undefined : { actorId };
    },

    async examine({ sessionId, secret }, actorId) {
      const [digest, owner, hasEnded] = await askRedis(() =>
        redis.hmget(keyOf(sessionId), 'secret', 'actor', 'ended'),
      );
      if (digest === null) return 'unknown';
      if (digest !== digestOf(secret) || owner !== actorId) return 'foreign';
      return hasEnded === null ? 'proven' : 'ended';
    },
  };
}

const notOwnSession = () =>
  new RowlockError(
    'forbidden',
    'This session belongs to another client, whose secret differs. Start a new session: reload the page.',
  );

const digestOf = (secret: string): string => createHash('sha256').update(secret).digest('base64url');
