/** Fences on rows in plain SQL, for those who do not use Kysely. */
import type { SqlDialect, SqlStatement } from './connection.ts';
import { checkedRows, type FencedRows, type RowId } from './rows.ts';
import { GRAMMAR, quoted, statement } from './statement.ts';

/** As many overtaken rows as an error names. */
export const NAMED_ROWS = 20;

export interface RowStatements {
  /** Writes the fence into every row that has no later one, and thereby locks it to the end of the transaction */
  seal: SqlStatement;
  /** The rows that have a later fence, at most 20, the latest first: `id` and `fence` as text. None may be there after `seal` */
  overtaken: SqlStatement;
}

/** The column to add to a table whose rows are to carry fences. */
export const fenceColumnDdl = (dialect: SqlDialect, table: string, fenceColumn = 'fence'): string =>
  `alter table ${quoted(dialect, table)} add column ${quoted(dialect, fenceColumn)} bigint not null default 0`;

/**
 * The statements of both patterns, a pair for each 10,000 ids; all run in one transaction.
 *
 * @throws {TypeError} if the fence is malformed, or there are no ids
 */
export function rowStatements(dialect: SqlDialect, rows: FencedRows): RowStatements[] {
  const { chunks, ...checked } = checkedRows(rows);
  return chunks.map((ids) => statementsOf(dialect, { ...checked, ids }));
}

function statementsOf(
  dialect: SqlDialect,
  rows: { table: string; idColumn: string; fenceColumn: string; fence: string; ids: readonly RowId[] },
): RowStatements {
  const { text } = GRAMMAR[dialect];
  const [table, id, fence] = [rows.table, rows.idColumn, rows.fenceColumn].map((name) =>
    quoted(dialect, name),
  );
  const values = { fence: rows.fence, ids: rows.ids };
  // Ordered by the column: its name alone would mean the text that is selected under the same name.
  // In MySQL a plain read may be of a snapshot that is older than the update.
  const lock = dialect === 'mysql' ? ' for update' : '';
  return {
    seal: statement(
      dialect,
      `update ${table} set ${fence} = :fence where ${fence} <= :fence and ${id} in (:ids)`,
      values,
    ),
    overtaken: statement(
      dialect,
      `select cast(${id} as ${text}) as id, cast(${fence} as ${text}) as fence from ${table} ` +
        `where (${fence} > :fence or ${fence} is null) and ${id} in (:ids) order by ${table}.${fence} desc limit ${NAMED_ROWS}${lock}`,
      values,
    ),
  };
}
