/**
 * The connections of one `createRowlock`. Those that were given the same ioredis instance share them: one for commands
 * and one that follows the logs, whatever their number, and one more where workers are.
 *
 * The instance itself is only the model: a command of Rowlock's fails fast, which an application's own need not.
 */
import type { Redis } from 'ioredis';
import { openTails, type Tails } from './changeLog/tail.ts';
import { isInstance, openBlocking, openCommands, openWorker, type RedisTarget } from './redis/connection.ts';

export interface Connections {
  /** Scripts and short commands */
  commands: Redis;
  /** The queue's: what is sent on it comes in order with the jobs that are added */
  queue: Redis;
  /** The change logs and progress streams */
  tails: Tails;
  /** A worker's, until it is told to end */
  openWorker(): { redis: Redis; end(): void };
  /** Ends what nobody else uses. */
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
  // Each namespace's queue listens on it: the number of listeners is that of the namespaces, and no leak.
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

/** Who leaves twice has left once. */
function once(leave: () => void): () => void {
  let hasLeft = false;
  return () => {
    if (!hasLeft) leave();
    hasLeft = true;
  };
}
