/** The fields of Redis that hold the changes of records (lua/include/noteChange.lua writes them). */
import { type RecordKey, resourceOf, wholeResource } from '@rowlock/protocol';

/** A call of Lua takes 7,999 unpacked arguments. */
const FIELDS_PER_CHUNK = 4_000;

/** For each record: itself, and all that is below its whole resource or one of its ancestors. */
export function changedFieldsOf(
  records: readonly RecordKey[],
  ancestors: ReadonlyMap<RecordKey, readonly RecordKey[]>,
): Map<RecordKey, string[]> {
  const fields = new Map<RecordKey, string[]>();
  for (const record of records) {
    const above = [wholeResource(resourceOf(record)), ...(ancestors.get(record) ?? [])];
    fields.set(record, [record, ...above.map((node) => `^${node}`)]);
  }
  return fields;
}

/** Each field once, many in an argument. A record key has no line break. */
export function packFields(fields: ReadonlyMap<RecordKey, readonly string[]>): string[] {
  const names = [...new Set([...fields.values()].flat())];
  const chunks: string[] = [];
  for (let start = 0; start < names.length; start += FIELDS_PER_CHUNK) {
    chunks.push(names.slice(start, start + FIELDS_PER_CHUNK).join('\n'));
  }
  return chunks;
}
