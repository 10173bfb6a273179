/**
 * Where each subscriber stands in the change log, and who calls it. Whoever leads says so once a second; a leader
 * from whom nothing has come for LEAD_MS is replaced. Should a clock jump or a leader be frozen, two may call for a
 * moment, which at least once allows; the place is written by the leader alone.
 */
import type { Redis } from 'ioredis';
import type { LogPosition, RawEntry } from '../changeLog/entry.ts';
import { asRowlockError } from '../redis/connection.ts';
import type { Keys } from '../redis/keys.ts';
import { script } from '../redis/scripts.ts';

const LEAD_MS = 6_000;

/** The place before the first entry. */
export const BEFORE_ALL: LogPosition = '0-0';

interface SubscriberPosition {
  position?: LogPosition;
  behind: number;
  /** Unix time in ms by the Redis server's clock, for display */
  failingSince?: number;
  failure?: string;
}

export interface PositionStore {
  /** Undefined where another process leads. `hasBegun`: no place was stored, or it has not been told so yet. */
  acquireLead(
    set: string,
    token: string,
    from: 'now' | 'start',
  ): Promise<{ position: LogPosition; hasBegun: boolean } | undefined>;
  /** False where this process does not lead any more; then nothing is written. */
  save(
    set: string,
    token: string,
    position: LogPosition | undefined,
    failure: string | undefined,
  ): Promise<boolean>;
  releaseLead(set: string, token: string): Promise<void>;
  get(set: string): Promise<SubscriberPosition>;
  /** What follows `position`, and with what the log begins: where that is beyond `position`, entries in between may be gone. */
  read(
    position: LogPosition,
    limit: number,
  ): Promise<{ entries: RawEntry[]; oldest: LogPosition | undefined }>;
  /** The last entry of the log; undefined where it has none. */
  newest(): Promise<LogPosition | undefined>;
  /** All that are known, oldest first. */
  taskIds(): Promise<string[]>;
}

export function createPositionStore(redis: Redis, keys: Keys): PositionStore {
  const load = (name: string) => script(redis, keys.prefix, new URL(`./lua/${name}.lua`, import.meta.url));
  const scripts = {
    acquireLead: load('acquireLead'),
    savePosition: load('savePosition'),
    releaseLead: load('releaseLead'),
    readPosition: load('readPosition'),
  };

  return {
    async acquireLead(set, token, from) {
      const reply = (await scripts.acquireLead(set, token, LEAD_MS, from)) as
        | ['leads', LogPosition, 0 | 1]
        | ['other'];
      return reply[0] === 'leads' ? { position: reply[1], hasBegun: reply[2] === 1 } : undefined;
    },

    async save(set, token, position = '', failure = '') {
      return (await scripts.savePosition(set, token, LEAD_MS, position, failure)) === 1;
    },

    async releaseLead(set, token) {
      await scripts.releaseLead(set, token);
    },

    async get(set) {
      const [position, behind, since, failure] = (await scripts.readPosition(set)) as [
        string,
        number,
        string,
        string,
      ];
      return {
        behind,
        ...(position && { position }),
        ...(since && { failingSince: Number(since), failure }),
      };
    },

    async read(position, limit) {
      try {
        // In this order: what is still there after the reading was there while it was read.
        const [after, first] = (await redis
          .pipeline()
          .xrange(keys.log, `(${position}`, '+', 'COUNT', limit)
          .xrange(keys.log, '-', '+', 'COUNT', 1)
          .exec()) as [[Error | null, RawEntry[]], [Error | null, RawEntry[]]];
        const error = after[0] ?? first[0];
        if (error) throw error;
        return { entries: after[1], oldest: first[1][0]?.[0] };
      } catch (error) {
        throw asRowlockError(error);
      }
    },

    async newest() {
      try {
        return (await redis.xrevrange(keys.log, '+', '-', 'COUNT', 1))[0]?.[0];
      } catch (error) {
        throw asRowlockError(error);
      }
    },

    async taskIds() {
      try {
        return await redis.zrange(keys.tasks, '0', '-1');
      } catch (error) {
        throw asRowlockError(error);
      }
    },
  };
}
