/**
 * Record keys in the packed form that the scripts read: `resource\nid\nid…`, at most `CHUNK_SIZE` ids a chunk. Redis
 * parses one argument for thousands of ids several times faster than one argument each.
 *
 * Records under the same ancestors share chunks: the chunk's first line names, by their numbers, the nodes above all of
 * its records (records.lua reads it).
 */
import {
  idOf,
  isLockable,
  isRecordKey,
  type LockScope,
  MAX_ID_LENGTH,
  malformed,
  type RecordKey,
  resourceOf,
  wholeResource,
} from '@rowlock/protocol';
import { RowlockError } from '../../errors.ts';
import type { Hierarchy } from './hierarchy.ts';

/** A Lua call takes at most 7,999 unpacked arguments, and HSET wants two a record. */
export const CHUNK_SIZE = 2_000;

// biome-ignore lint/suspicious/noControlCharactersInRegex: refusing control characters is what this is for
const CONTROL_BUT_NEWLINE = /[\u0000-\u0009\u000b-\u001f\u007f]/;

/** A set of records as scripts read it. */
export interface PackedRecords {
  /** Keys of all nodes above any of the records, one a line */
  nodes: string;
  chunks: string[];
}

/**
 * Packs records with the nodes above them. With scope `subtree`, and for a whole resource, these include the resources
 * whose records may be below: a lock on a whole one would cover the same rows in another way.
 *
 * @throws {RowlockError} `bad_request` if a key is malformed, so that a script never misreads one
 */
export async function packWithAncestors(
  hierarchy: Hierarchy,
  records: readonly RecordKey[],
  scope: LockScope = 'record',
): Promise<PackedRecords> {
  const [only] = records;
  const single = records.length === 1 && scope === 'record' && packSingle(hierarchy, only!);
  if (single) return single;
  const { ids: idsOfResource, wholes } = groupByResource(records);
  const numberOfNode = new Map<RecordKey, number>();
  const numberOf = (node: RecordKey): number => {
    const known = numberOfNode.get(node);
    if (known !== undefined) return known;
    numberOfNode.set(node, numberOfNode.size + 1);
    return numberOfNode.size;
  };
  const caret = scope === 'subtree' ? '^' : '';
  const chunks: string[] = [];
  for (const [resource, ids] of idsOfResource) {
    const below = scope === 'subtree' ? hierarchy.below(resource) : [];
    const common = [resource, ...below].map((name) => numberOf(wholeResource(name)));
    const ancestors = await hierarchy.getAncestors(resource, ids);
    for (const [above, group] of groupByAncestors(ids, ancestors, numberOf)) {
      pushChunks(chunks, resource, `${caret}${resource}\t${common.join()}${above}`, group);
    }
  }
  // Two whole resources may have a third one below both.
  const covered = new Set(wholes);
  if (scope === 'subtree') {
    for (const resource of wholes) for (const name of hierarchy.below(resource)) covered.add(name);
  }
  for (const resource of covered) chunks.push(`^${resource}\n*`);
  return { nodes: [...numberOfNode.keys()].join('\n'), chunks };
}

/** One record with only its whole resource above it: most requests, in a tenth of the time. */
function packSingle(hierarchy: Hierarchy, record: RecordKey): PackedRecords | undefined {
  if (!isRecordKey(record)) return undefined;
  const resource = resourceOf(record);
  if (hierarchy.isUnderAny(resource)) return undefined;
  return { nodes: wholeResource(resource), chunks: [`${resource}\t1\n${idOf(record)}`] };
}

/** Packs records without nodes. @throws {RowlockError} `bad_request` */
export function packRecords(records: readonly RecordKey[]): string[] {
  const { ids: idsOfResource, wholes } = groupByResource(records);
  const chunks: string[] = [];
  for (const [resource, ids] of idsOfResource) pushChunks(chunks, resource, resource, ids);
  for (const resource of wholes) chunks.push(`${resource}\n*`);
  return chunks;
}

function groupByResource(records: readonly RecordKey[]): { ids: Map<string, string[]>; wholes: Set<string> } {
  const idsOfResource = new Map<string, string[]>();
  const wholes = new Set<string>();
  // Records come in runs of one resource, so its name is read once a run: this is half of the time at 10,000 records.
  let prefix = '';
  let ids: string[] = [];
  for (const record of distinct(records)) {
    if (prefix === '' || !record.startsWith(prefix)) {
      if (!isLockable(record)) throw new RowlockError('bad_request', malformed(record));
      const resource = resourceOf(record);
      if (record.endsWith('/*')) {
        wholes.add(resource);
        continue;
      }
      prefix = `${resource}/`;
      ids = idsOfResource.get(resource) ?? [];
      idsOfResource.set(resource, ids);
    }
    const id = record.slice(prefix.length);
    if (id === '*') wholes.add(resourceOf(record));
    else ids.push(id);
  }
  return { ids: idsOfResource, wholes };
}

/** Ids by the numbers of the nodes above them, as at the end of the chunk's first line: `,4,7`. */
function groupByAncestors(
  ids: string[],
  ancestors: readonly (readonly RecordKey[])[] | undefined,
  numberOf: (node: RecordKey) => number,
): Iterable<[above: string, ids: string[]]> {
  if (!ancestors) return [['', ids]];
  const groups = new Map<string, string[]>();
  for (const [i, id] of ids.entries()) {
    let above = '';
    for (const ancestor of ancestors[i]!) above += `,${numberOf(ancestor)}`;
    const group = groups.get(above);
    if (group) group.push(id);
    else groups.set(above, [id]);
  }
  return groups;
}

function pushChunks(chunks: string[], resource: string, firstLine: string, ids: readonly string[]): void {
  for (let start = 0; start < ids.length; start += CHUNK_SIZE) {
    const chunk = ids.slice(start, start + CHUNK_SIZE);
    const packed = chunk.join('\n');
    if (mayBeMisread(chunk, packed)) assertEach(resource, chunk);
    chunks.push(`${firstLine}\n${packed}`);
  }
}

/** Checks the whole chunk at once instead of each id. */
const mayBeMisread = (ids: readonly string[], packed: string): boolean =>
  CONTROL_BUT_NEWLINE.test(packed) ||
  packed.split('\n').length !== ids.length ||
  ids.some((id) => id.length === 0 || id.length > MAX_ID_LENGTH);

function assertEach(resource: string, ids: readonly string[]): void {
  for (const id of ids) {
    const key = `${resource}/${id}`;
    if (!isRecordKey(key)) throw new RowlockError('bad_request', malformed(key));
  }
}

/**
 * Each record once. Records mostly come from a query that is ordered by id: shorter before longer, then by their
 * characters. An order like this has no duplicates. This check takes a tenth of the time of a Set.
 */
function distinct(records: readonly RecordKey[]): Iterable<RecordKey> {
  for (let i = 1; i < records.length; i++) {
    const before = records[i - 1]!;
    const record = records[i]!;
    const isAfter = record.length === before.length ? record > before : record.length > before.length;
    if (!isAfter) return new Set(records);
  }
  return records;
}

/** Splits chunks into parts of at most `partSize` records, or of one chunk. */
export function splitIntoParts(chunks: readonly string[], partSize: number): string[][] {
  const parts: string[][] = [];
  let sizeOfLast = partSize;
  for (const chunk of chunks) {
    const size = chunk.split('\n').length - 1;
    if (sizeOfLast + size > partSize) {
      parts.push([]);
      sizeOfLast = 0;
    }
    parts.at(-1)!.push(chunk);
    sizeOfLast += size;
  }
  return parts;
}
