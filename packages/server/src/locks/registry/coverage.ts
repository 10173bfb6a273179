/** The records of a lease, read from its own list in Redis (write.lua, releaseRecords.lua). */
import type { RecordKey } from '@rowlock/protocol';

export interface Coverage {
  /** Everything that the lease names: records, roots of subtrees, whole resources (`cities/*`) */
  records: RecordKey[];
  /** Those of them that include every record below */
  subtrees: RecordKey[];
}

/** The records of one packed chunk. */
export function unpackChunk(chunk: string): RecordKey[] {
  const [firstLine, ...ids] = chunk.split('\n');
  const resource = firstLine!.replace(/^[\^-]/, '');
  // `packRecords` has checked them.
  return ids.map((id) => `${resource}/${id}` as const);
}

/** Replays a lease's list: acquired records, and released ones (`-`). Marks on nodes (`@`) are not records. */
export function readCoverage(chunks: readonly string[]): Coverage {
  const lists = chunks.filter((chunk) => !chunk.startsWith('@'));
  const isPlain = lists.every((chunk) => !chunk.startsWith('-') && !chunk.startsWith('^'));
  if (isPlain) return { records: lists.flatMap(unpackChunk), subtrees: [] };
  const records = new Set<RecordKey>();
  const subtrees = new Set<RecordKey>();
  for (const chunk of lists) {
    const isReleased = chunk.startsWith('-');
    const isSubtree = chunk.startsWith('^');
    for (const key of unpackChunk(chunk)) {
      if (isReleased) {
        records.delete(key);
        subtrees.delete(key);
      } else {
        records.add(key);
        if (isSubtree) subtrees.add(key);
      }
    }
  }
  return { records: [...records], subtrees: [...subtrees] };
}
