/** What the contract of fencing is tested on: a database of one's own, and as many connections to it as are asked for. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '@rowlock/test-utils';
import {
  type ControlledTransaction,
  type Generated,
  type IsolationLevel,
  Kysely,
  PostgresDialect,
  sql,
} from 'kysely';
import pg from 'pg';
import type { SqlDialect } from '../connection.ts';
import { createLeaseTable } from '../leaseTable.ts';
import { threadedSqlite } from './threadedSqlite.ts';

interface CitiesTable {
  id: number;
  population: number;
  notes: Generated<string>;
  fence: Generated<string>;
}

export interface Tables {
  cities: CitiesTable;
  /** Without a fence, for the pattern that needs none */
  counters: { id: number; value: number };
}

export interface TestDatabase {
  /** Its file, or its address */
  where: string;
  dialect: SqlDialect;
  /** Always the same one, for what the test itself does */
  db: Kysely<Tables>;
  /** A client of its own, with one connection where the database is SQLite */
  connect(): Kysely<Tables>;
  /** A transaction of a client (default: one of its own) that stays open until the test ends it, or `reset` does */
  hold(client?: Kysely<Tables>, isolation?: IsolationLevel): Promise<ControlledTransaction<Tables>>;
  /** Begins something and resolves once a statement of it waits for somebody, or may be waiting */
  begin<T>(work: () => Promise<T>): Promise<Pending<T>>;
  /** Takes everything back to how it was at first; clients that were connected since are closed */
  reset(): Promise<void>;
  close(): Promise<void>;
}

interface Pending<T> {
  isOver(): boolean;
  outcome: Promise<T>;
}

export const CITY_COUNT = 20;

async function createTables(db: Kysely<Tables>): Promise<void> {
  await db.schema
    .createTable('cities')
    .addColumn('id', 'integer', (column) => column.primaryKey())
    .addColumn('population', 'integer', (column) => column.notNull())
    .addColumn('notes', 'text', (column) => column.notNull().defaultTo(''))
    // Without `not null`, which a table of an application has: a test shows what happens else.
    .addColumn('fence', 'bigint', (column) => column.defaultTo(0))
    .execute();
  await db.schema
    .createTable('counters')
    .addColumn('id', 'integer', (column) => column.primaryKey())
    .addColumn('value', 'integer', (column) => column.notNull())
    .execute();
}

async function fill(db: Kysely<Tables>): Promise<void> {
  const ids = Array.from({ length: CITY_COUNT }, (_, i) => i + 1);
  await db.transaction().execute(async (trx) => {
    await trx.deleteFrom('cities').execute();
    await trx.deleteFrom('counters').execute();
    await trx
      .insertInto('cities')
      .values(ids.map((id) => ({ id, population: 100 })))
      .execute();
    await trx.insertInto('counters').values({ id: 1, value: 0 }).execute();
    await trx.schema.dropTable('rowlock_leases').ifExists().execute();
    await createLeaseTable(trx);
  });
}

/** The test's own client, and those that it connects beside it. */
async function clientsOf(open: () => Kysely<Tables>) {
  const db = open();
  await createTables(db);
  const others: Kysely<Tables>[] = [];
  const held: ControlledTransaction<Tables>[] = [];
  const connect = () => {
    const client = open();
    others.push(client);
    return client;
  };
  const closeOthers = async () => {
    // A test that has failed has left them open.
    for (const trx of held.splice(0))
      if (!trx.isCommitted && !trx.isRolledBack) await trx.rollback().execute();
    await Promise.all(others.splice(0).map((client) => client.destroy()));
  };
  return {
    db,
    connect,
    async hold(client = connect(), isolation?: IsolationLevel) {
      const begin = client.startTransaction();
      const trx = await (isolation ? begin.setIsolationLevel(isolation) : begin).execute();
      held.push(trx);
      return trx;
    },
    async reset() {
      await closeOthers();
      await fill(db);
    },
    async closeAll() {
      await closeOthers();
      await db.destroy();
    },
  };
}

function pendingOf<T>(outcome: Promise<T>): Pending<T> {
  let over = false;
  const end = () => {
    over = true;
  };
  outcome.then(end, end);
  return { isOver: () => over, outcome };
}

export async function sqliteDatabase(): Promise<TestDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'rowlock-sqlite-'));
  let begun = 0;
  const onBegin = () => {
    begun += 1;
  };
  const path = join(folder, 'test.sqlite');
  const { closeAll, ...clients } = await clientsOf(
    () => new Kysely<Tables>({ dialect: threadedSqlite({ path, onBegin }) }),
  );
  return {
    where: path,
    dialect: 'sqlite',
    ...clients,
    async begin(work) {
      const before = begun;
      const pending = pendingOf(work());
      // SQLite tells nobody that a statement waits; it has begun, and is not over.
      await until(() => begun > before || pending.isOver(), { what: 'a statement to begin' });
      return pending;
    },
    async close() {
      await closeAll();
      await rm(folder, { recursive: true });
    },
  };
}

let databases = 0;

/** A new database on a server that runs. */
export async function postgresDatabase(serverUrl: string): Promise<TestDatabase> {
  const name = `fencing_${process.pid}_${++databases}`;
  const onServer = async (statement: string) => {
    const client = new pg.Client({ connectionString: serverUrl });
    await client.connect();
    await client.query(statement).finally(() => client.end());
  };
  await onServer(`create database ${name}`);
  const url = Object.assign(new URL(serverUrl), { pathname: `/${name}` }).href;
  const { closeAll, ...clients } = await clientsOf(() => {
    const pool = new pg.Pool({ connectionString: url, max: 4 });
    return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  });
  return {
    where: url,
    dialect: 'postgresql',
    ...clients,
    async begin(work) {
      const pending = pendingOf(work());
      const waiting = sql<{ n: string }>`
        select count(*) as n from pg_stat_activity where wait_event_type = 'Lock' and datname = ${name}`;
      await until(
        async () => pending.isOver() || Number((await waiting.execute(clients.db)).rows[0]?.n) > 0,
        {
          what: 'a statement to wait for a lock',
        },
      );
      return pending;
    },
    async close() {
      await closeAll();
      await onServer(`drop database ${name}`);
    },
  };
}
