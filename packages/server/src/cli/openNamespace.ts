/** A connection to a namespace: no task is run, and no definition is needed. */
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

/** Opens, runs `use`, and closes, however that ends. @throws {UnavailableError} */
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
        `Nothing has ever happened in the namespace "${namespace}" of this Redis: look for a slip in either name`,
      );
    }
    const locks = openLocks({
      redis,
      namespace,
      logger,
      // Whoever may reach this Redis may do anything with it.
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
