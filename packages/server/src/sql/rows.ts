/** The rows of a call and their fence: checked, and cut into chunks that every database accepts. */
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
  /** The dialect of the database. Default: the dialect of the Kysely or the connection */
  dialect?: SqlDialect;
}

/** The same with all defaults. */
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

/** @throws {TypeError} if a fence is malformed, or there are no ids */
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
      `No ids were given for ${table}, so there is nothing to fence. Skip the call if there is nothing to write.`,
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
