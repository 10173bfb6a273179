/** Judges the rows that a write under a fence did not reach. */
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
 * @throws {FencedOffError} if rows have a later fence.
 * @throws {TypeError} if a row's fence is null. A comparison with null would refuse every write without a reason.
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
