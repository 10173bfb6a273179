/**
 * The viewers of records in Redis, for all gateways of the namespace. They are neither in the change log nor kept: a viewer
 * ends with its connection, or with its gateway.
 */
import { randomBytes } from 'node:crypto';
import type { Actor, RecordKey } from '@rowlock/protocol';
import type { Redis } from 'ioredis';
import { type ChannelListener, listenOn } from '../../locks/leases/sharedSubscription.ts';
import { askRedis } from '../../redis/askRedis.ts';
import type { Keys } from '../../redis/keys.ts';
import { script } from '../../redis/scripts.ts';
import type { SeenViewer } from '../view/watchedViewers.ts';

/** With `RENEW_INTERVAL_MS` of presenceWatch.ts: the viewers of a crashed gateway are gone after at most 26 s. */
const GATEWAY_TTL_MS = 20_000;
/** Gateways join again more often. It only bounds how long the names of crashed ones take memory. */
const VIEWERS_TTL_MS = 15 * 60_000;
const AT_ONCE = 200;

/** A connection of this gateway, and a record that it looks at. */
export interface OwnViewer {
  record: RecordKey;
  /** Unique, also among connections of one session */
  connectionId: string;
  sessionId: string;
  actor: Actor;
}

export interface PresenceStore {
  /** `isAgain`: others may have forgotten them, so they are notified in any case */
  join(viewers: readonly OwnViewer[], isAgain: boolean): Promise<void>;
  leave(viewers: readonly Pick<OwnViewer, 'record' | 'connectionId'>[]): Promise<void>;
  read(records: readonly RecordKey[]): Promise<Map<RecordKey, SeenViewer[]>>;
  /** Says that this gateway lives. False if its key has expired, so that others no longer see its viewers: join again */
  renew(): Promise<boolean>;
  /** Those of the gateways that no longer live. */
  findGone(gateways: readonly string[]): Promise<string[]>;
  /** This gateway has no viewers. */
  end(): Promise<void>;
  /** Calls back with each change, until the returned function is called. */
  listen(
    listener: Omit<ChannelListener, 'onMessage'> & { onChanged(records: RecordKey[]): void },
  ): () => void;
}

export function createPresenceStore({ redis, keys }: { redis: Redis; keys: Keys }): PresenceStore {
  const gateway = randomBytes(9).toString('base64url');
  const load = (name: string) => script(redis, keys.prefix, new URL(`./lua/${name}.lua`, import.meta.url));
  const [join, leave, readViewers] = [load('join'), load('leave'), load('readViewers')];
  const nameOf = (connectionId: string) => `${gateway} ${connectionId}`;

  return {
    async join(viewers, isAgain) {
      for (const batch of inBatches(viewers)) {
        const rows = batch.flatMap(({ record, connectionId, sessionId, actor }) => [
          record,
          nameOf(connectionId),
          JSON.stringify([sessionId, actor.id, actor.name]),
        ]);
        await join(gateway, GATEWAY_TTL_MS, VIEWERS_TTL_MS, isAgain ? 1 : 0, ...rows);
      }
    },

    async leave(viewers) {
      for (const batch of inBatches(viewers)) {
        await leave(...batch.flatMap(({ record, connectionId }) => [record, nameOf(connectionId)]));
      }
    },

    async read(records) {
      const found = new Map<RecordKey, SeenViewer[]>();
      for (const batch of inBatches(records)) {
        const rows = (await readViewers(...batch)) as string[][];
        for (const [i, record] of batch.entries()) found.set(record, readRow(rows[i] ?? []));
      }
      return found;
    },

    async renew() {
      const answer = await askRedis(() => redis.set(keys.gateway(gateway), '1', 'PX', GATEWAY_TTL_MS, 'XX'));
      return answer !== null;
    },

    async findGone(gateways) {
      const living = await Promise.all(gateways.map((id) => askRedis(() => redis.exists(keys.gateway(id)))));
      return gateways.filter((id, i) => id !== gateway && living[i] === 0);
    },

    async end() {
      await askRedis(() => redis.del(keys.gateway(gateway)));
    },

    listen: ({ onChanged, ...listener }) =>
      listenOn(redis, keys.presence, {
        ...listener,
        onMessage: (message) => onChanged(message.split('\n') as RecordKey[]),
      }),
  };
}

function readRow(row: readonly string[]): SeenViewer[] {
  const viewers: SeenViewer[] = [];
  for (let i = 0; i < row.length; i += 2) {
    const [sessionId, id, name] = JSON.parse(row[i + 1]!) as [string, string, string];
    viewers.push({ gateway: row[i]!.split(' ', 1)[0]!, sessionId, actor: { id, name } });
  }
  return viewers;
}

function* inBatches<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < all.length; start += AT_ONCE) yield all.slice(start, start + AT_ONCE);
}
