/** A connection to a namespace. It runs no tasks and needs no definitions. */
import type { Redis } from 'ioredis';
import { type LocksOptions, openLocks } from '../locks/locks.ts';
import type { Logger } from '../logger.ts';
import { connect, openCommands } from '../redis/connection.ts';
import { type Keys, keysOf } from '../redis/keys.ts';

export interface NamespaceOptions {
  redis: string;
  namespace: string;
}

export interface OpenNamespace {
  url: string;
  redis: Redis;
  keys: Keys;
  locks: ReturnType<typeof openLocks>;
  /** The Redis server's clock, as Unix time in ms */
  nowMs(): Promise<number>;
}

/** Opens the namespace, runs `use`, and closes in any case. @throws {UnavailableError} */
export async function withNamespace<T>(
  options: NamespaceOptions & { logger: Logger } & Pick<LocksOptions, 'beforeRevoke'>,
  use: (opened: OpenNamespace) => Promise<T>,
): Promise<T> {
  const { redis: url, namespace, logger, beforeRevoke } = options;
  const keys = keysOf(namespace);
  const redis = openCommands(url);
  try {
    await connect(redis);
    if ((await redis.exists(keys.log)) === 0) {
      logger.warn(
        `The namespace "${namespace}" of this Redis is empty. Check the namespace and the address of Redis`,
      );
    }
    const locks = openLocks({
      redis,
      namespace,
      logger,
      // A user with access to this Redis may do anything with it.
      authorizeTakeOver: () => true,
      ...(beforeRevoke && { beforeRevoke }),
    });
    try {
      return await use({
        url,
        redis,
        keys,
        locks,
        async nowMs() {
          const [seconds, microseconds] = await redis.time();
          return Number(seconds) * 1_000 + Math.floor(Number(microseconds) / 1_000);
        },
      });
    } finally {
      await locks.close();
    }
  } finally {
    redis.disconnect();
  }
}
