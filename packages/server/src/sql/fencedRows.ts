/**
 * A fence on every row: each write stores its lease's fence in the row, and the row itself refuses a write under an
 * earlier fence.
 *
 * If a write reaches fewer rows than it names, a second statement finds those that a later lease has written. After
 * the write, each existing row either has this fence and is locked by this transaction, or has a later fence.
 */
import type { DeleteResult, Kysely, Transaction, UpdateObject, UpdateResult } from 'kysely';
import type { SqlConnection, SqlDialect } from './connection.ts';
import { runStatement } from './connection.ts';
import { type AnyKysely, dialectOf, inTransaction, isKysely } from './kyselyConnection.ts';
import { assertNoneOvertaken } from './overtaken.ts';
import { NAMED_ROWS, rowStatements } from './rowStatements.ts';
import { type CheckedRows, checkedRows, type FencedRows, type RowId } from './rows.ts';
import { GRAMMAR } from './statement.ts';

/** Rows of a table that a Kysely knows; see `FencedRows` for the meaning of the fields and their defaults. */
export interface FencedRowsOf<DB, T extends keyof DB & string> extends FencedRows {
  table: T;
  idColumn?: keyof DB[T] & string;
  fenceColumn?: keyof DB[T] & string;
}

/**
 * Writes the same values into rows, all of them or none. Use it for values that do not depend on the rows' content.
 * Values that were computed from a read need `sealRows` before that read, or an older holder's late write is lost in
 * between.
 *
 * @returns how many rows were written. Missing rows are skipped
 * @throws {FencedOffError} if a row has a later fence. Roll a transaction of your own back
 * @throws {TypeError} if the fence is malformed, or there are no ids
 */
export async function fencedUpdate<DB, T extends keyof DB & string>(
  db: Kysely<DB>,
  rows: FencedRowsOf<DB, T> & { set: UpdateObject<DB, T, T> },
): Promise<number> {
  const { fence, fenceColumn = 'fence', set } = rows;
  const table: string = rows.table;
  return write(db, rows, (trx) => trx.updateTable(table).set({ ...set, [fenceColumn]: fence }));
}

/**
 * Removes rows, all of them or none. A late write to a removed row does nothing.
 *
 * @returns how many rows were removed
 * @throws as `fencedUpdate` does
 */
export async function fencedDelete<DB, T extends keyof DB & string>(
  db: Kysely<DB>,
  rows: FencedRowsOf<DB, T>,
): Promise<number> {
  return write(db, rows, (trx) => trx.deleteFrom(rows.table));
}

interface Writing {
  where(column: string, operator: string, value: unknown): Writing;
  executeTakeFirst(): Promise<UpdateResult | DeleteResult | undefined>;
}

function write(db: AnyKysely, rows: FencedRows, begin: (trx: AnyKysely) => unknown): Promise<number> {
  const checked = checkedRows(rows);
  return inTransaction(db, async (trx) => {
    const dialect = rows.dialect ?? (await dialectOf(trx));
    let written = 0;
    for (const ids of checked.chunks) {
      const result = await (begin(trx) as Writing)
        .where(checked.idColumn, 'in', ids)
        .where(checked.fenceColumn, '<=', checked.fence)
        .executeTakeFirst();
      const reached = result ? countOf(result) : 0;
      written += reached;
      // Ids are unique: if as many rows were reached, no row is left, and the second statement is not needed.
      if (reached !== ids.length) await assertChunk(trx, dialect, checked, ids);
    }
    return written;
  });
}

const countOf = (result: UpdateResult | DeleteResult): number =>
  Number('numUpdatedRows' in result ? result.numUpdatedRows : result.numDeletedRows);

/**
 * Writes the fence into rows before they are read, in the transaction in which they are then read and written. It
 * waits for an older holder's running transaction, and reads its result. Later writes of that holder are refused.
 *
 * @param on a transaction of Kysely, or the connection of a transaction
 * @throws {FencedOffError} if a row has a later fence. Roll the transaction back.
 * @throws {TypeError} if the fence is malformed, there are no ids, or a Kysely is not in a transaction
 */
export function sealRows<DB, T extends keyof DB & string>(
  on: Transaction<DB>,
  rows: FencedRowsOf<DB, T>,
): Promise<void>;
export function sealRows(on: SqlConnection, rows: FencedRows): Promise<void>;
export async function sealRows(on: AnyKysely | SqlConnection, rows: FencedRows): Promise<void> {
  if (!isKysely(on)) {
    for (const { seal } of rowStatements(on.dialect, rows)) await runStatement(on, seal);
    return assertNotOvertaken(on, rows);
  }
  if (!on.isTransaction) {
    throw new TypeError(
      'sealRows was given a Kysely that is not in a transaction, so the seal would protect nothing that follows. ' +
        'Give it the transaction in which the rows are read and written, or call withSealedRows.',
    );
  }
  await write(on, rows, (trx) =>
    trx.updateTable(rows.table).set({ [rows.fenceColumn ?? 'fence']: rows.fence }),
  );
}

/**
 * `sealRows` and the work that reads and writes the rows, in one transaction (in yours, if `db` is one).
 *
 * @returns what `work` returns
 * @throws as `sealRows` does
 */
export function withSealedRows<DB, T extends keyof DB & string, R>(
  db: Kysely<DB>,
  rows: FencedRowsOf<DB, T>,
  work: (trx: Transaction<DB>) => Promise<R>,
): Promise<R> {
  return inTransaction(db, async (trx) => {
    await sealRows(trx as Transaction<DB>, rows);
    return work(trx as Transaction<DB>);
  });
}

/**
 * After a write of your own, in the same transaction: `… set …, fence = :fence where id in (…) and fence <= :fence`
 * skips rows with a later fence without an error. This call throws one.
 *
 * @throws as `sealRows` does
 */
export function assertNotOvertaken<DB, T extends keyof DB & string>(
  on: Transaction<DB>,
  rows: FencedRowsOf<DB, T>,
): Promise<void>;
export function assertNotOvertaken(on: SqlConnection, rows: FencedRows): Promise<void>;
export async function assertNotOvertaken(on: AnyKysely | SqlConnection, rows: FencedRows): Promise<void> {
  const checked = checkedRows(rows);
  if (isKysely(on)) {
    const dialect = rows.dialect ?? (await dialectOf(on));
    for (const ids of checked.chunks) await assertChunk(on, dialect, checked, ids);
    return;
  }
  for (const { overtaken } of rowStatements(on.dialect, rows)) {
    const found = await runStatement(on, overtaken);
    assertNoneOvertaken(
      checked,
      found.map(({ id, fence }) => ({ id, fence })),
    );
  }
}

/** The query of `RowStatements.overtaken`, through Kysely's builder, so that its plugins see the names. */
async function assertChunk(
  trx: AnyKysely,
  dialect: SqlDialect,
  rows: CheckedRows,
  ids: readonly RowId[],
): Promise<void> {
  const { idColumn, fenceColumn, fence } = rows;
  const type = GRAMMAR[dialect].text as 'text';
  let query = trx
    .selectFrom(rows.table)
    .select((eb) => [
      eb.cast<string>(idColumn, type).as('id'),
      eb.cast<string>(fenceColumn, type).as('fence'),
    ])
    .where(idColumn, 'in', ids)
    .where((eb) => eb.or([eb(fenceColumn, '>', fence), eb(fenceColumn, 'is', null)]))
    .orderBy(`${rows.table}.${fenceColumn}`, 'desc')
    .limit(NAMED_ROWS);
  if (dialect === 'mysql') query = query.forUpdate();
  assertNoneOvertaken(rows, await query.execute());
}
