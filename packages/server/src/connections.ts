/**
 * The connections of one `createRowlock`. Rowlocks with the same ioredis instance share them: one for commands, one
 * that follows the logs, and one more if there are workers.
 *
 * The instance itself only provides the settings, because Rowlock's commands fail fast, and an application's own
 * commands need not.
 */
import type { Redis } from 'ioredis';
import { openTails, type Tails } from './changeLog/tail.ts';
import { isInstance, openBlocking, openCommands, openWorker, type RedisTarget } from './redis/connection.ts';

export interface Connections {
  /** Scripts and short commands */
  commands: Redis;
  /** The queue's. Commands on it are in order with the jobs that are added */
  queue: Redis;
  /** The change logs and progress streams */
  tails: Tails;
  /** A worker's, until it calls `end` */
  openWorker(): { redis: Redis; end(): void };
  /** Ends the connections that nobody else uses. */
  close(): void;
}

export function connectionsTo(target: RedisTarget): Connections {
  if (!isInstance(target)) return { ...unshared(target), openWorker: () => ownWorker(target) };
  const pool = poolOf(target);
  pool.users++;
  return { ...pool.connections, close: once(() => pool.leave()) };
}

function unshared(target: RedisTarget): Omit<Connections, 'openWorker'> {
  const commands = openCommands(target);
  const queue = openCommands(target);
  return {
    commands,
    queue,
    tails: openTails(() => openBlocking(target)),
    close() {
      queue.disconnect();
      commands.disconnect();
    },
  };
}

function ownWorker(target: RedisTarget): { redis: Redis; end(): void } {
  const redis = openWorker(target);
  return { redis, end: () => redis.disconnect() };
}

interface Pool {
  connections: Omit<Connections, 'close'>;
  users: number;
  leave(): void;
}

const pools = new WeakMap<Redis, Pool>();

function poolOf(instance: Redis): Pool {
  const known = pools.get(instance);
  if (known) return known;
  // Each namespace's queue listens on it, so many listeners are not a leak.
  const commands = openCommands(instance).setMaxListeners(Number.POSITIVE_INFINITY);
  let workers: { redis: Redis; users: number } | undefined;
  const pool: Pool = {
    users: 0,
    connections: {
      commands,
      queue: commands,
      tails: openTails(() => openBlocking(instance)),
      openWorker() {
        workers ??= { redis: openWorker(instance).setMaxListeners(Number.POSITIVE_INFINITY), users: 0 };
        const own = workers;
        own.users++;
        return {
          redis: own.redis,
          end: once(() => {
            if (--own.users > 0) return;
            own.redis.disconnect();
            workers = undefined;
          }),
        };
      },
    },
    leave() {
      if (--pool.users > 0) return;
      commands.disconnect();
      pools.delete(instance);
    },
  };
  pools.set(instance, pool);
  return pool;
}

/** A second call of `leave` does nothing. */
function once(leave: () => void): () => void {
  let hasLeft = false;
  return () => {
    if (!hasLeft) leave();
    hasLeft = true;
  };
}
