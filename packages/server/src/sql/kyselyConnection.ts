/**
 * A Kysely as a connection. Kysely is an optional peer. Its types cost nothing, and its code is loaded only for a
 * given Kysely, so this entry also works without Kysely.
 */
import type { Kysely } from 'kysely';
import type { SqlConnection, SqlDialect, SqlRow } from './connection.ts';

// biome-ignore lint/suspicious/noExplicitAny: the tables of an application are its own
export type AnyKysely = Kysely<any>;

export const isKysely = (on: AnyKysely | SqlConnection): on is AnyKysely => 'getExecutor' in on;

/** The connection behind whatever was given. */
export async function connectionOf(
  on: AnyKysely | SqlConnection,
  dialect?: SqlDialect,
): Promise<SqlConnection> {
  if (!isKysely(on)) return on;
  const { CompiledQuery } = await import('kysely');
  return {
    dialect: dialect ?? (await dialectOf(on)),
    run: async (sql, parameters) =>
      (await on.executeQuery<SqlRow>(CompiledQuery.raw(sql, [...parameters]))).rows,
  };
}

/** @throws {TypeError} if the dialect of the Kysely is unknown */
export async function dialectOf(db: AnyKysely): Promise<SqlDialect> {
  const { MysqlAdapter, PostgresAdapter, SqliteAdapter } = await import('kysely');
  const { adapter } = db.getExecutor();
  if (adapter instanceof PostgresAdapter) return 'postgresql';
  if (adapter instanceof SqliteAdapter) return 'sqlite';
  if (adapter instanceof MysqlAdapter) return 'mysql';
  throw new TypeError(
    `This Kysely's dialect (${adapter.constructor.name}) is unknown to Rowlock. ` +
      "Say which one it is like: { dialect: 'postgresql' | 'sqlite' | 'mysql' }.",
  );
}

/** In the transaction that was given, else in one of its own. */
export const inTransaction = <T>(db: AnyKysely, work: (trx: AnyKysely) => Promise<T>): Promise<T> =>
  db.isTransaction ? work(db) : db.transaction().execute(work);
