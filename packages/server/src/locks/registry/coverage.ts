/** What a lease covers, read from its own list in Redis (write.lua, free.lua). */
import type { RecordKey } from '@rowlock/protocol';

export interface Coverage {
  /** All that it names: records, roots of subtrees, whole resources (`cities/*`) */
  records: RecordKey[];
  /** Those of them that stand for all that is below them too */
  subtrees: RecordKey[];
}

/** The records of one packed chunk. */
export function unpackChunk(chunk: string): RecordKey[] {
  const [firstLine, ...ids] = chunk.split('\n');
  const resource = firstLine!.replace(/^[\^-]/, '');
  // Checked when they were packed.
  return ids.map((id) => `${resource}/${id}` as const);
}

/** Replays a lease's list: what was taken, and what it has let go (`-`). Marks on nodes (`@`) are no records. */
export function readCoverage(chunks: readonly string[]): Coverage {
  const lists = chunks.filter((chunk) => !chunk.startsWith('@'));
  const isPlain = lists.every((chunk) => !chunk.startsWith('-') && !chunk.startsWith('^'));
  if (isPlain) return { records: lists.flatMap(unpackChunk), subtrees: [] };
  const records = new Set<RecordKey>();
  const subtrees = new Set<RecordKey>();
  for (const chunk of lists) {
    const isFreed = chunk.startsWith('-');
    const isSubtree = chunk.startsWith('^');
    for (const key of unpackChunk(chunk)) {
      if (isFreed) {
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
