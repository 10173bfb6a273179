import type { RecordKey } from '@rowlock/protocol';

/** The records without some of them, each once. */
export function without(records: readonly RecordKey[], some: readonly RecordKey[]): RecordKey[] {
  const excluded = new Set(some);
  return [...new Set(records)].filter((key) => !excluded.has(key));
}
