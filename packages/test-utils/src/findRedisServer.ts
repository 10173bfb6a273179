import { findProgram } from './findProgram.ts';

/** A Redis that is to be used as it is, or the program with which to start one. */
export type RedisSource = { kind: 'url'; url: string } | { kind: 'program'; path: string };

const PROGRAMS = ['redis-server', 'valkey-server'];

/** REDIS_URL if it is set, else `redis-server` or `valkey-server` on the PATH. Throws if neither exists. */
export function findRedisServer(env: NodeJS.ProcessEnv = process.env): RedisSource {
  if (env.REDIS_URL) return { kind: 'url', url: env.REDIS_URL };
  const path = findRedisProgram(env);
  if (path !== undefined) return { kind: 'program', path };
  throw new Error(
    'No Redis found: REDIS_URL is not set, and neither redis-server nor valkey-server is on the PATH. ' +
      'Install one of them (Debian: apt-get install redis-server; macOS: brew install redis), or set REDIS_URL.',
  );
}

/** The program alone, for tests that kill it and start it again. */
export function findRedisProgram(env: NodeJS.ProcessEnv = process.env): string | undefined {
  return findProgram(PROGRAMS, env);
}
