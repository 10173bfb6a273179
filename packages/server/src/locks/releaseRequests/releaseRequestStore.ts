/**
 * Release requests: users ask the holder of a lease to release it. They are stored beside the lease, and expire by themselves.
 *
 * No clock of Redis decides that a request is unanswered: `answerBy` is for display. A gateway of the user who asks counts the
 * time by its own monotonic clock, and then answers `unanswered`.
 */
import type { Actor, LeaseId, RecordKey, ReleaseAnswer } from '@rowlock/protocol';
import type { Cluster, Redis } from 'ioredis';
import { askRedis } from '../../redis/askRedis.ts';
import type { Keys } from '../../redis/keys.ts';
import { script } from '../../redis/scripts.ts';

/** Open requests of one lease, each of another user */
const MOST_OPEN = 20;
/** How long an answer is remembered after the limit: a takeover asks for it. */
const REMEMBERED_MS = 600_000;

/** The wish of the user who asks. */
interface WantedRelease {
  by: Actor;
  /** The records in question, at most 20 */
  records: readonly RecordKey[];
  message?: string;
}

export interface ReleaseRequestRecord extends WantedRelease {
  requestId: string;
  leaseId: LeaseId;
  /** Unix ms by the Redis server's clock, for display */
  answerBy: number;
  /** Undefined while the request is open */
  answer: ReleaseAnswer | undefined;
}

export interface ReleaseRequestStore {
  /**
   * Opens a request, or joins the open one of the same user. A second call with the same id answers with the request as it is.
   * `ended`: the lease is not in force. `crowded`: 20 users ask already
   */
  open(
    leaseId: LeaseId,
    requestId: string,
    wanted: WantedRelease,
    limitMs: number,
  ): Promise<ReleaseRequestRecord | 'ended' | 'crowded'>;
  /** Answers a request. Resolves to the first answer, or to undefined if the request is unknown. */
  answer(leaseId: LeaseId, requestId: string, answer: ReleaseAnswer): Promise<ReleaseAnswer | undefined>;
  /** The newest request of each user, answered or not. */
  list(leaseId: LeaseId): Promise<ReleaseRequestRecord[]>;
  /** The newest request of a user. */
  find(leaseId: LeaseId, actorId: string): Promise<ReleaseRequestRecord | undefined>;
}

export function createReleaseRequestStore(redis: Redis | Cluster, keys: Keys): ReleaseRequestStore {
  const load = (name: string) => script(redis, keys.prefix, new URL(`./lua/${name}.lua`, import.meta.url));
  const requestRelease = load('requestRelease');
  const answerRelease = load('answerRelease');

  return {
    async open(leaseId, requestId, wanted, limitMs) {
      const times = [limitMs, limitMs + REMEMBERED_MS];
      const args = [leaseId, wanted.by.id, requestId, JSON.stringify(wanted), ...times, MOST_OPEN];
      const [stored, isInForce] = (await requestRelease(...args)) as [string, number?];
      if (stored === 'ended' || stored === 'crowded') return stored;
      const request = readStored(leaseId, stored);
      // It has ended since, so the question is settled.
      return isInForce === 0 && request.answer === undefined ? { ...request, answer: 'released' } : request;
    },

    async answer(leaseId, requestId, answer) {
      return ((await answerRelease(leaseId, requestId, answer)) as ReleaseAnswer | null) ?? undefined;
    },

    async list(leaseId) {
      const all = await askRedis(() => redis.hgetall(keys.releaseRequests(leaseId)));
      return Object.values(all).map((stored) => readStored(leaseId, stored));
    },

    async find(leaseId, actorId) {
      const stored = await askRedis(() => redis.hget(keys.releaseRequests(leaseId), actorId));
      return stored === null ? undefined : readStored(leaseId, stored);
    },
  };
}

function readStored(leaseId: LeaseId, stored: string): ReleaseRequestRecord {
  const [requestId, answer, answerBy] = stored.split(' ', 3) as [string, ReleaseAnswer | '-', string];
  const json = stored.slice(requestId.length + answer.length + answerBy.length + 3);
  return {
    requestId,
    leaseId,
    answerBy: Number(answerBy),
    answer: answer === '-' ? undefined : answer,
    ...(JSON.parse(json) as WantedRelease),
  };
}
