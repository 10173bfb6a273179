/** One door to the database: SQLite in the data folder, or PostgreSQL where `DATABASE_URL` names one. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CamelCasePlugin, Kysely, PostgresDialect, SqliteDialect } from 'kysely';
import pg from 'pg';
import type { GazetteerTables } from './schema.ts';
import { sqliteShim } from './sqliteShim.ts';

export type Gazetteer = Kysely<GazetteerTables>;

/** How long a SQLite writer waits for another process's transaction. */
const BUSY_TIMEOUT_MS = 8_000;

export function openDatabase(where: { dataDir: string; databaseUrl?: string | undefined }): Gazetteer {
  const dialect = where.databaseUrl
    ? new PostgresDialect({ pool: postgresPool(where.databaseUrl) })
    : new SqliteDialect({ database: sqliteShim(openSqlite(join(where.dataDir, 'gazetteer.sqlite'))) });
  return new Kysely<GazetteerTables>({ dialect, plugins: [new CamelCasePlugin()] });
}

/**
 * Write-ahead logging, so that the api reads while the worker writes. Transactions here begin with a write: SQLite
 * then waits for its turn, where a transaction that read first would be refused when it comes to write.
 */
function openSqlite(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
  database.exec('pragma journal_mode = wal; pragma synchronous = normal; pragma foreign_keys = on;');
  return database;
}

/** Sums and counts come from PostgreSQL as text; all of ours are far below 2^53. */
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
  // Without a listener a dropped idle connection would end the process; the next query reports it to its caller.
  pool.on('error', (error) => console.error(`PostgreSQL closed an idle connection: ${error.message}`));
  return pool;
}
