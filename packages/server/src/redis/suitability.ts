/** Whether a Redis can keep locks: new enough, and set not to throw them away when memory is short. */
import type { Cluster, Redis } from 'ioredis';
import { RowlockError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { asRowlockError } from './connection.ts';

/** LMOVE came with 6.2; Valkey reports the Redis version that it is compatible with. */
const OLDEST = [6, 2] as const;

export interface Suitability {
  /** Why it cannot be used at all */
  refusal?: string;
  warnings: string[];
}

/** Judges the text of `INFO`. */
export function judgeRedis(info: string): Suitability {
  const field = (name: string) => new RegExp(`^${name}:(.*)$`, 'm').exec(info)?.[1]?.trim();
  const version = field('redis_version') ?? '';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const warnings: string[] = [];
  const isOldEnough = major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
  if (!isOldEnough) {
    return {
      refusal: `This Redis is ${version || 'of an unknown version'}, and Rowlock needs ${OLDEST.join('.')} or newer (or Valkey). Upgrade it, or name another.`,
      warnings,
    };
  }
  const policy = field('maxmemory_policy');
  if (policy !== undefined && policy !== 'noeviction') {
    warnings.push(
      `Redis's maxmemory-policy is "${policy}": when memory is short it may throw locks away, and two could hold one ` +
        'record. Set it to "noeviction".',
    );
  }
  return { warnings };
}

/** @throws {RowlockError} `unavailable` where it is too old */
export async function assertSuitable(redis: Redis | Cluster, logger: Logger): Promise<void> {
  let info: string;
  try {
    info = await redis.info();
  } catch (error) {
    throw asRowlockError(error);
  }
  const { refusal, warnings } = judgeRedis(info);
  if (refusal !== undefined) throw new RowlockError('unavailable', refusal);
  for (const warning of warnings) logger.warn(warning);
}
