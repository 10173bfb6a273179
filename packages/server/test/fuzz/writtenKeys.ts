/** Everything that a namespace stores about leases, tasks and sessions: it proves that a refused request wrote nothing. */
import type { Redis } from 'ioredis';
import { keysOf } from '../../src/redis/keys.ts';

const STORED = /^(lease|ids|rec|marks|task|session|idem|children|failed|tasklog|changed|changes)(:|$)/;

/** The length of the change log, and the stored keys. */
export interface Stored {
  entries: number;
  keys: ReadonlySet<string>;
}

export async function readStored(redis: Redis, namespace: string): Promise<Stored> {
  const { prefix, log } = keysOf(namespace);
  const keys = await redis.keys(`${prefix}*`);
  const names = keys.map((key) => key.slice(prefix.length).replace(/^:/, ''));
  return { entries: await redis.xlen(log), keys: new Set(names.filter((name) => STORED.test(name))) };
}

/** The sweeper may clear what ended leases have left, so keys may vanish. */
export function assertNothingWritten(before: Stored, after: Stored): void {
  const written = [...after.keys].filter((key) => !before.keys.has(key));
  if (written.length === 0 && after.entries === before.entries) return;
  throw new Error(
    `The refused request has written ${after.entries - before.entries} log entries, and the keys ${written.join(', ')}.`,
  );
}
