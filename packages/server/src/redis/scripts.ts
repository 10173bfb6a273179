/**
 * Loads Lua scripts from files beside the code and makes typed functions of them.
 *
 * A script gets the namespace's prefix as its only key, and its arguments as strings. A line
 * `-- @include path/name.lua` is replaced by that file (relative to the including one), once a script. `EVALSHA` with
 * a fall-back to `EVAL` is ioredis's own, so a Redis that has lost its script cache costs one round trip.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Cluster, Redis } from 'ioredis';
import { asRowlockError } from './connection.ts';

const INCLUDE = /^-- @include (\S+)$/gm;

export function loadLua(file: URL, seen: Set<string> = new Set()): string {
  const source = readFileSync(file, 'utf8');
  return source.replace(INCLUDE, (_line, path: string) => {
    const included = new URL(path, file);
    if (seen.has(included.href)) return '';
    seen.add(included.href);
    return loadLua(included, seen);
  });
}

export type Script = (...args: (string | number)[]) => Promise<unknown>;

type Evaluator = Record<string, (prefix: string, ...args: string[]) => Promise<unknown>>;

/** A function that runs the script at `file` on the namespace that `prefix` names. */
export function script(redis: Redis | Cluster, prefix: string, file: URL): Script {
  const source = loadLua(file);
  const command = `rowlock_${createHash('sha1').update(source).digest('hex').slice(0, 12)}`;
  if (!(command in redis)) redis.defineCommand(command, { lua: source, numberOfKeys: 1 });
  return async (...args) => {
    try {
      return await (redis as unknown as Evaluator)[command]!(prefix, ...args.map(String));
    } catch (error) {
      throw asRowlockError(error);
    }
  };
}

/** Sees to it that this connection's server has the script before it is called: it is then never late by a round trip. */
export function keepLoaded(redis: Redis, file: URL): void {
  const source = loadLua(file);
  const load = () => void redis.script('LOAD', source).catch(() => {});
  redis.on('ready', load);
  if (redis.status === 'ready') load();
}
