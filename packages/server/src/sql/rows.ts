/** Which rows are meant, under which fence: checked, and cut into pieces that every database takes. */
import type { SqlDialect } from './connection.ts';
import { assertFence } from './fence.ts';

export type RowId = string | number | bigint;

export interface FencedRows {
  /** The table, as the application's queries name it */
  table: string;
  /** The ids of the rows; one that comes twice counts once */
  ids: readonly RowId[];
  /** The fence of the lease that covers them, as decimal digits */
  fence: string;
  /** The column of the ids, in which each is at most once: the primary key, or another that is unique. Default `id` */
  idColumn?: string;
  /** The column of the fences: `bigint not null default 0`. Default `fence` */
  fenceColumn?: string;
  /** What the database is like. Default: what the Kysely or the connection says */
  dialect?: SqlDialect;
}

/** The same with all that has a default. */
export interface CheckedRows {
  table: string;
  chunks: readonly (readonly RowId[])[];
  fence: string;
  idColumn: string;
  fenceColumn: string;
}

/**
 * Ids a statement. A statement takes 32,766 parameters in SQLite and 65,535 in PostgreSQL and MySQL, and an update has
 * others beside the ids.
 */
const CHUNK_SIZE = 10_000;

/** @throws {TypeError} where a fence is no fence, or there are no ids */
export function checkedRows({
  table,
  ids,
  fence,
  idColumn = 'id',
  fenceColumn = 'fence',
}: FencedRows): CheckedRows {
  assertFence(fence);
  if (!Array.isArray(ids) || ids.length === 0) {
    throw new TypeError(
      `No ids were given for ${table}, so there is nothing to fence. Leave the call out where nothing is to be written.`,
    );
  }
  const wrong = ids.find((id) => !['string', 'number', 'bigint'].includes(typeof id) || Number.isNaN(id));
  if (wrong !== undefined || ids.includes(undefined as never)) {
    throw new TypeError(`${String(wrong)} is no id of ${table}: an id is a string, a number or a bigint.`);
  }
  const distinct = [...new Set(ids)];
  const chunks: RowId[][] = [];
  for (let start = 0; start < distinct.length; start += CHUNK_SIZE) {
    chunks.push(distinct.slice(start, start + CHUNK_SIZE));
  }
  return { table, chunks, fence, idColumn, fenceColumn };
}
