/** The two databases on which fencing is measured. They are as durable as in an application. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { createLeaseTable } from '@rowlock/server/sql';
import { startPostgres } from '@rowlock/test-utils';
import { Kysely, PostgresDialect, SqliteDialect } from 'kysely';
import pg from 'pg';

export interface Tables {
  cities: { id: number; name: string; population: number; fence: string };
}

export interface BenchDatabase {
  name: 'SQLite' | 'PostgreSQL';
  db: Kysely<Tables>;
  close(): Promise<void>;
}

export async function openSqlite(): Promise<BenchDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'rowlock-bench-'));
  const database = new DatabaseSync(join(folder, 'bench.sqlite'));
  database.exec('pragma journal_mode = wal; pragma synchronous = normal;');
  const dialect = new SqliteDialect({
    database: {
      close: () => database.close(),
      prepare(sql) {
        const statement = database.prepare(sql);
        const given = (parameters: readonly unknown[]) => parameters as SQLInputValue[];
        return {
          reader: statement.columns().length > 0,
          all: (parameters) => statement.all(...given(parameters)),
          run: (parameters) => statement.run(...given(parameters)),
          iterate: (parameters) => statement.iterate(...given(parameters)),
        };
      },
    },
  });
  const db = new Kysely<Tables>({ dialect });
  return {
    name: 'SQLite',
    db,
    async close() {
      await db.destroy();
      await rm(folder, { recursive: true });
    },
  };
}

export async function openPostgres(): Promise<BenchDatabase> {
  const server = await startPostgres({
    settings: { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' },
  });
  const pool = new pg.Pool({ connectionString: server.url, max: 2 });
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  return {
    name: 'PostgreSQL',
    db,
    async close() {
      await db.destroy();
      await server.stop();
    },
  };
}

const ROWS_A_STATEMENT = 5_000;

/** A fence as large as those of Rowlock, so that the first write makes no row larger. */
export const FIRST_FENCE = 1_900_000_000_000_000;

/** Fills a table like that of the gazetteer, with ids from 1. */
export async function fill(db: Kysely<Tables>, rowCount: number): Promise<void> {
  await db.schema
    .createTable('cities')
    .addColumn('id', 'integer', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('population', 'integer', (column) => column.notNull())
    .addColumn('fence', 'bigint', (column) => column.notNull().defaultTo(0))
    .execute();
  for (let start = 1; start <= rowCount; start += ROWS_A_STATEMENT) {
    const length = Math.min(ROWS_A_STATEMENT, rowCount - start + 1);
    const rows = Array.from({ length }, (_, i) => ({
      id: start + i,
      name: `City number ${start + i}, with a name of some length`,
      population: 1_000,
      fence: String(FIRST_FENCE),
    }));
    await db.insertInto('cities').values(rows).execute();
  }
  await createLeaseTable(db);
}
