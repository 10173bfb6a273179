/** Opens the database: PostgreSQL if `DATABASE_URL` is set, else SQLite in the data folder. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CamelCasePlugin, Kysely, PostgresDialect, SqliteDialect } from 'kysely';
import pg from 'pg';
import type { GazetteerTables } from './schema.ts';
import { sqliteShim } from './sqliteShim.ts';

export type Gazetteer = Kysely<GazetteerTables>;

/** How long a SQLite writer waits for another process's transaction. */
const BUSY_TIMEOUT_MS = 8_000;

export function openDatabase(location: { dataDir: string; databaseUrl?: string | undefined }): Gazetteer {
  const dialect = location.databaseUrl
    ? new PostgresDialect({ pool: postgresPool(location.databaseUrl) })
    : new SqliteDialect({ database: sqliteShim(openSqlite(join(location.dataDir, 'gazetteer.sqlite'))) });
  return new Kysely<GazetteerTables>({ dialect, plugins: [new CamelCasePlugin()] });
}

/**
 * Opens SQLite with write-ahead logging, so that the api can read while the worker writes. Transactions in the demo begin
 * with a write, and then SQLite waits for its turn. It would refuse the write of a transaction that reads first.
 */
function openSqlite(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
  database.exec('pragma journal_mode = wal; pragma synchronous = normal; pragma foreign_keys = on;');
  return database;
}

/** Opens PostgreSQL, which returns sums and counts as text. Ours are far below 2^53, so they are parsed as numbers. */
function postgresPool(connectionString: string): pg.Pool {
  const asNumber = new Set<number>([pg.types.builtins.INT8, pg.types.builtins.NUMERIC]);
  const pool = new pg.Pool({
    connectionString,
    max: 10,
    types: {
      getTypeParser: (oid: number, format?: 'text' | 'binary') =>
        asNumber.has(oid) ? Number : pg.types.getTypeParser(oid, format as 'text'),
    },
  });
  // Without a listener, a lost idle connection would end the process. The next query reports the error to its caller.
  pool.on('error', (error) => console.error(`PostgreSQL closed an idle connection: ${error.message}`));
  return pool;
}
