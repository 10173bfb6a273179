/**
 * Connections to Redis, and whether it can be reached.
 *
 * Commands fail fast (no offline queue, a time limit): a guarded write would rather be refused than wait for a server
 * that may not come back. Reconnecting never gives up and waits at most half a second between tries, so that views
 * converge within 2 s of Redis being there again.
 */
import { type Cluster, Redis, type RedisOptions } from 'ioredis';
import { RowlockError, UnavailableError } from '../errors.ts';

/** A URL such as `redis://127.0.0.1:6379/0`, options of ioredis, or an instance of it as a model. */
export type RedisTarget = string | RedisOptions | Redis;

/** Not by its class: the application may have an ioredis of its own. */
export const isInstance = <T extends Redis | Cluster = Redis>(
  target: string | RedisOptions | T,
): target is T => typeof target === 'object' && typeof (target as Redis).duplicate === 'function';

const COMMAND_TIMEOUT_MS = 2_000;
const SOCKET_TIMEOUT_MS = 5_000;
const MAX_RECONNECT_DELAY_MS = 500;
/** The message of ioredis for a command on a closed connection. */
const CONNECTION_CLOSED = 'Connection is closed.';

const retryStrategy = (attempt: number) => Math.min(50 * 2 ** Math.min(attempt, 10), MAX_RECONNECT_DELAY_MS);

/**
 * How a connection behaves is not the application's to say: a blocking read that `commandTimeout` cuts off never
 * ends, and numbers that come as strings are compared with none. Its options, or its URL, say where Redis is and who
 * connects.
 */
const BEHAVIOUR: RedisOptions = {
  lazyConnect: true,
  retryStrategy,
  commandTimeout: undefined,
  blockingTimeout: undefined,
  socketTimeout: undefined,
  maxRetriesPerRequest: 0,
  enableOfflineQueue: false,
  enableReadyCheck: true,
  enableAutoPipelining: false,
  autoResubscribe: true,
  autoResendUnfulfilledCommands: false,
  reconnectOnError: null,
  readOnly: false,
  monitor: false,
  stringNumbers: false,
  replyMapping: 'legacy',
};

/** @throws {TypeError} where the target has a prefix for keys, or its database is no number */
function open(target: RedisTarget, options: RedisOptions): Redis {
  const given = isInstance(target) ? target.options : target;
  const redis =
    typeof given === 'string'
      ? new Redis(given, { lazyConnect: true })
      : new Redis({ ...given, lazyConnect: true });
  // Afterwards, since the query of a URL may hold options too, and ioredis gives it the last word.
  Object.assign(redis.options, BEHAVIOUR, options);
  assertUsable(redis);
  if (!Number.isInteger(redis.options.db ?? 0)) {
    throw new TypeError(
      'The path of this Redis URL is not a database number. Give a number, as in redis://127.0.0.1:6379/0.',
    );
  }
  // Without a listener ioredis prints every failed attempt. `watchReachable` reports the failures that matter.
  redis.on('error', () => {});
  return redis;
}

/**
 * Refuses a connection whose options would give keys another name, or replies another type, than Rowlock expects.
 * @throws {TypeError}
 */
export function assertUsable(redis: Redis | Cluster): void {
  const { options } = redis;
  const { keyPrefix, stringNumbers } = {
    ...('redisOptions' in options ? options.redisOptions : {}),
    ...options,
  } as RedisOptions;
  if (keyPrefix) {
    throw new TypeError(
      `The Redis options have keyPrefix ${JSON.stringify(keyPrefix)}, which Rowlock does not support: its keys begin with ` +
        '{rowlock:<namespace>} in any case. Leave keyPrefix out, and give each application or tenant a namespace of its own.',
    );
  }
  if (stringNumbers) {
    throw new TypeError(
      'The Redis options have stringNumbers, which Rowlock does not support: it would take every number that Redis answers ' +
        'for a text. Leave stringNumbers out, or give Rowlock a connection of its own.',
    );
  }
}

/** For scripts and short commands. */
export const openCommands = (target: RedisTarget): Redis =>
  open(target, {
    commandTimeout: COMMAND_TIMEOUT_MS,
    // A host that vanished says nothing; without this, its connection would count as ready for many minutes.
    socketTimeout: SOCKET_TIMEOUT_MS,
  });

/** For blocking reads of the change log: no time limit but the read's own. */
export const openBlocking = (target: RedisTarget): Redis => open(target, {});

/** For a BullMQ worker, which waits for Redis for as long as it takes: its job is not lost meanwhile. */
export const openWorker = (target: RedisTarget): Redis =>
  open(target, {
    maxRetriesPerRequest: null,
    enableOfflineQueue: true,
    autoResendUnfulfilledCommands: true,
  });

/**
 * Connects, or says in one sentence why not.
 * @throws {UnavailableError} {RowlockError} `unavailable` where the server has no such database
 */
export async function connect(redis: Redis | Cluster): Promise<void> {
  if (redis.status === 'ready') return;
  await reach(redis);
  const db = 'db' in redis.options ? redis.options.db : 0;
  if (!db) return;
  try {
    // ioredis has selected it too, and continues in database 0 if that is refused.
    await (redis as Redis).select(db);
  } catch (error) {
    redis.disconnect();
    const cause = asRowlockError(error);
    if (cause instanceof UnavailableError) throw cause;
    throw new RowlockError(
      'unavailable',
      `This Redis has no database ${db} (${(error as Error).message}). Name another.`,
    );
  }
}

const reaching = new WeakMap<Redis | Cluster, Promise<void>>();

/** Once, for all who wait for the same connection. */
function reach(redis: Redis | Cluster): Promise<void> {
  const known = reaching.get(redis);
  if (known) return known;
  const reached = waitFor(redis).finally(() => reaching.delete(redis));
  reaching.set(redis, reached);
  return reached;
}

/**
 * The same as plain data, as a thread can be given it. Functions that say when to reconnect are left out: Rowlock has
 * its own.
 */
export function plainTarget(target: RedisTarget): RedisTarget {
  if (!isInstance(target)) return target;
  const isReconnecting = (name: string) => /Strategy$|^reconnectOnError$/.test(name);
  return Object.fromEntries(Object.entries(target.options).filter(([name]) => !isReconnecting(name)));
}

async function waitFor(redis: Redis | Cluster): Promise<void> {
  let lastError: Error | undefined;
  const onError = (error: Error) => {
    lastError = error;
  };
  redis.on('error', onError);
  try {
    if (redis.status === 'wait' || redis.status === 'end') await redis.connect();
    else await readyOrEnded(redis);
  } catch (error) {
    throw new UnavailableError(lastError ?? error);
  } finally {
    redis.off('error', onError);
  }
}

function readyOrEnded(redis: Redis | Cluster): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      redis.off('ready', settle);
      redis.off('end', settle);
      if (redis.status === 'ready') resolve();
      else reject(new Error(CONNECTION_CLOSED));
    };
    redis.on('ready', settle);
    redis.on('end', settle);
  });
}

/**
 * Replies by which a Redis that is there says that it cannot serve now, or not this user. Redis 6.2 puts the error of a
 * command in a script behind words of its own.
 */
const REFUSAL =
  /^(?:ERR Error running script .*? -?)?(LOADING|READONLY|BUSY|OOM|NOREPLICAS|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|MISCONF|UNBLOCKED|NOPERM|NOAUTH|WRONGPASS) /;
const REFUSED_IN_SCRIPT = /user executing the script/;

/** Turns an error of ioredis into `UnavailableError` where it means that Redis cannot serve now. */
export function asRowlockError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if (error.name === 'ReplyError') {
    const isRefusal = REFUSAL.test(error.message) || REFUSED_IN_SCRIPT.test(error.message);
    return isRefusal ? new UnavailableError(error) : error;
  }
  const isConnection =
    error.name === 'MaxRetriesPerRequestError' ||
    error.name === 'AbortError' ||
    error.message === 'Command timed out' ||
    error.message === CONNECTION_CLOSED ||
    error.message.includes('enableOfflineQueue') ||
    'syscall' in error;
  return isConnection ? new UnavailableError(error) : error;
}
