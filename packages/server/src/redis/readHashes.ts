/**
 * Reads the same fields of many hashes of a namespace, for those who look at all leases or all open tasks now and
 * then.
 */
import type { Cluster, Redis } from 'ioredis';
import { script } from './scripts.ts';

/** About a ms of Redis's time: others are served in between. */
const READ_AT_ONCE = 500;
const SEPARATOR = '\u001f';

/**
 * For each id the values of the fields, in their order. '' if a field is absent. No value may have a control
 * character.
 */
export type HashReader = (ids: readonly string[]) => Promise<string[][]>;

/** @param kind what the keys of these hashes begin with, such as `task:` */
export function createHashReader(
  redis: Redis | Cluster,
  prefix: string,
  { kind, fields }: { kind: string; fields: readonly string[] },
): HashReader {
  const readHashes = script(redis, prefix, new URL('./lua/readHashes.lua', import.meta.url));
  return async (ids) => {
    const rows: string[][] = [];
    for (let start = 0; start < ids.length; start += READ_AT_ONCE) {
      const some = ids.slice(start, start + READ_AT_ONCE);
      const packed = (await readHashes(kind, fields.length, ...fields, ...some)) as string[];
      for (const row of packed) rows.push(row.split(SEPARATOR));
    }
    return rows;
  };
}
