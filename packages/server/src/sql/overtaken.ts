/** Judging what a look at the rows has found after a write under a fence. */
import { FencedOffError } from './fencedOffError.ts';

/** A row that the write did not reach: its id and its fence as text, as the database gives them */
export interface OvertakenRow {
  id: unknown;
  fence: unknown;
}

export interface OvertakenBy {
  table: string;
  fenceColumn: string;
  fence: string;
}

/**
 * @param rows the highest fence first
 * @throws {FencedOffError} where rows carry a later fence
 * @throws {TypeError} where a row carries none: a comparison with null would refuse every write without saying why
 */
export function assertNoneOvertaken(
  { table, fenceColumn, fence }: OvertakenBy,
  rows: readonly OvertakenRow[],
): void {
  if (rows.length === 0) return;
  const bare = rows.find((row) => row.fence === null);
  if (bare) {
    throw new TypeError(
      `${fenceColumn} is null in row ${bare.id} of ${table}, so no fence can be compared with it and nothing was written. ` +
        'Declare the column `bigint not null default 0`.',
    );
  }
  throw new FencedOffError(fence, {
    kind: 'rows',
    table,
    ids: rows.map((row) => String(row.id)),
    fence: String(rows[0]?.fence),
  });
}
