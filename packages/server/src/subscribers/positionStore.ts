/**
 * The position of each subscriber in the change log, and the process that calls it. The leader renews its lead once a
 * second. A leader that has not done so for LEAD_MS is replaced. If a clock jumps or a leader freezes, two processes may
 * call for a moment, which at-least-once delivery allows. Only the leader stores the position.
 */
import type { Redis } from 'ioredis';
import type { LogPosition, RawEntry } from '../changeLog/entry.ts';
import { askRedis } from '../redis/askRedis.ts';
import { asRowlockError } from '../redis/connection.ts';
import type { Keys } from '../redis/keys.ts';
import { script } from '../redis/scripts.ts';

const LEAD_MS = 6_000;

/** The position before the first entry. */
export const BEFORE_ALL: LogPosition = '0-0';

interface SubscriberPosition {
  position?: LogPosition;
  behind: number;
  /** Unix time in ms by the Redis server's clock, for display */
  failingSince?: number;
  failure?: string;
}

export interface PositionStore {
  /** Undefined if another process leads. `hasBegun`: the subscriber is new, and has not received its `begun` gap yet. */
  acquireLead(
    name: string,
    token: string,
    from: 'now' | 'start',
  ): Promise<{ position: LogPosition; hasBegun: boolean } | undefined>;
  /** False if this process no longer leads. Then nothing is stored. */
  save(
    name: string,
    token: string,
    position: LogPosition | undefined,
    failure: string | undefined,
  ): Promise<boolean>;
  releaseLead(name: string, token: string): Promise<void>;
  get(name: string): Promise<SubscriberPosition>;
  /**
   * The entries after `position`, and the oldest entry of the log. If that comes after `position`, entries in between may be
   * lost.
   */
  read(
    position: LogPosition,
    limit: number,
  ): Promise<{ entries: RawEntry[]; oldest: LogPosition | undefined }>;
  /** The last entry of the log. Undefined if the log is empty. */
  newest(): Promise<LogPosition | undefined>;
  /** All known tasks, oldest first. */
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
    async acquireLead(name, token, from) {
      const reply = (await scripts.acquireLead(name, token, LEAD_MS, from)) as
        | ['leads', LogPosition, 0 | 1]
        | ['other'];
      return reply[0] === 'leads' ? { position: reply[1], hasBegun: reply[2] === 1 } : undefined;
    },

    async save(name, token, position = '', failure = '') {
      return (await scripts.savePosition(name, token, LEAD_MS, position, failure)) === 1;
    },

    async releaseLead(name, token) {
      await scripts.releaseLead(name, token);
    },

    async get(name) {
      const [position, behind, since, failure] = (await scripts.readPosition(name)) as [
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
        // The order matters: an oldest entry that is seen after the read was also there during it.
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

    newest: async () => (await askRedis(() => redis.xrevrange(keys.log, '+', '-', 'COUNT', 1)))[0]?.[0],

    taskIds: () => askRedis(() => redis.zrange(keys.tasks, '0', '-1')),
  };
}
