import { findProgram } from './findProgram.ts';

/** The address of a running Redis, or a program that starts one. */
export type RedisSource = { kind: 'url'; url: string } | { kind: 'program'; path: string };

const PROGRAMS = ['redis-server', 'valkey-server'];

/** REDIS_URL if it is set, else `redis-server` or `valkey-server` on the PATH. Throws if it finds neither. */
export function findRedisServer(env: NodeJS.ProcessEnv = process.env): RedisSource {
  if (env.REDIS_URL) return { kind: 'url', url: env.REDIS_URL };
  const path = findRedisProgram(env);
  if (path !== undefined) return { kind: 'program', path };
  throw new Error(
    'Found no Redis: REDIS_URL is not set, and neither redis-server nor valkey-server is on the PATH. ' +
      'Install one of them (Debian: apt-get install redis-server; macOS: brew install redis), or set REDIS_URL.',
  );
}

/** The program alone, for tests that kill Redis and start it again. */
export function findRedisProgram(env: NodeJS.ProcessEnv = process.env): string | undefined {
  return findProgram(PROGRAMS, env);
}
