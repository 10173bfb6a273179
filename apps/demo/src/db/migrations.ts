/** The migrations of the schema, the same for SQLite and PostgreSQL. */
import { type Kysely, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import type { Gazetteer } from './openDatabase.ts';

const migrations: Record<string, Migration> = {
  '001-gazetteer': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('countries')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('official_name', 'text', (column) => column.notNull())
        .addColumn('search_name', 'text', (column) => column.notNull())
        .addColumn('continent', 'text', (column) => column.notNull())
        .addColumn('subregion', 'text', (column) => column.notNull())
        .addColumn('capital', 'text', (column) => column.notNull())
        .addColumn('area_km2', 'real', (column) => column.notNull())
        .execute();
      await db.schema
        .createTable('regions')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('country_id', 'text', (column) => column.notNull().references('countries.id'))
        .addColumn('code', 'text', (column) => column.notNull())
        .execute();
      await db.schema
        .createTable('cities')
        .addColumn('id', 'integer', (column) => column.primaryKey())
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('search_name', 'text', (column) => column.notNull())
        .addColumn('normalised_name', 'text')
        .addColumn('country_id', 'text', (column) => column.notNull().references('countries.id'))
        .addColumn('region_id', 'text', (column) => column.references('regions.id'))
        .addColumn('population', 'integer', (column) => column.notNull())
        .addColumn('population_share', 'double precision')
        .addColumn('lat', 'double precision', (column) => column.notNull())
        .addColumn('lon', 'double precision', (column) => column.notNull())
        .addColumn('feature_code', 'text', (column) => column.notNull())
        .addColumn('notes', 'text', (column) => column.notNull().defaultTo(''))
        .addColumn('updated_at', 'bigint')
        .addColumn('updated_by', 'text')
        .addColumn('version', 'integer', (column) => column.notNull().defaultTo(1))
        .addColumn('fence', 'bigint', (column) => column.notNull().defaultTo(0))
        .addColumn('changed_by_task', 'text')
        .execute();
      await db.schema
        .createTable('imports')
        .addColumn('source', 'text', (column) => column.primaryKey())
        .addColumn('row_count', 'integer', (column) => column.notNull())
        .addColumn('loaded_at', 'bigint', (column) => column.notNull())
        .execute();

      await createIndexes(db, GAZETTEER_INDEXES);
    },
  },
  '002-runs': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('task_runs')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('label', 'text', (column) => column.notNull())
        .addColumn('actor_id', 'text', (column) => column.notNull())
        .addColumn('actor_name', 'text', (column) => column.notNull())
        .addColumn('search_text', 'text', (column) => column.notNull())
        .addColumn('state', 'text', (column) => column.notNull())
        .addColumn('row_count', 'integer', (column) => column.notNull())
        .addColumn('done_count', 'bigint', (column) => column.notNull())
        .addColumn('failed_count', 'integer', (column) => column.notNull())
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .addColumn('started_at', 'bigint')
        .addColumn('ended_at', 'bigint')
        .addColumn('reason', 'text')
        .addColumn('version', 'integer', (column) => column.notNull())
        .execute();
      await db.schema
        .createTable('failure_notices')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('task_id', 'text', (column) => column.notNull())
        .addColumn('actor_id', 'text', (column) => column.notNull())
        .addColumn('label', 'text', (column) => column.notNull())
        .addColumn('reason', 'text', (column) => column.notNull())
        .addColumn('failed_count', 'integer', (column) => column.notNull())
        .addColumn('at', 'bigint', (column) => column.notNull())
        .addColumn('seen_at', 'bigint')
        .execute();
      await createIndexes(db, RUN_INDEXES);
    },
  },
  '003-launch-order': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .alterTable('task_runs')
        .addColumn('launch_order', 'bigint', (column) => column.notNull().defaultTo(0))
        .execute();
      await sql`update task_runs set launch_order = created_at * 1000`.execute(db);
      await createIndexes(db, LAUNCH_ORDER_INDEXES);
    },
  },
};

type Index = [table: string, columns: string[]];

async function createIndexes(db: Kysely<unknown>, indexes: Index[]): Promise<void> {
  for (const [table, columns] of indexes) {
    const name = `${table}_by_${columns.join('_')}`;
    await db.schema.createIndex(name).on(table).columns(columns).execute();
  }
}

const LAUNCH_ORDER_INDEXES: Index[] = [
  ['task_runs', ['launch_order']],
  ['task_runs', ['state', 'launch_order']],
];

const RUN_INDEXES: Index[] = [
  ['task_runs', ['created_at']],
  ['task_runs', ['state', 'created_at']],
  ['failure_notices', ['actor_id', 'seen_at']],
];

const GAZETTEER_INDEXES: Index[] = [
  ['regions', ['country_id']],
  ['cities', ['country_id', 'population']],
  ['cities', ['region_id', 'population']],
  ['cities', ['population']],
  ['cities', ['search_name']],
];

/** Brings the schema up to date. Safe to call from several processes at once. */
export async function migrate(db: Gazetteer): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  const { error } = await migrator.migrateToLatest();
  if (error)
    throw new Error(
      'Could not update the database schema. See the cause, and check that the database is writable.',
      { cause: error },
    );
}

/** @throws {Error} if no gazetteer is loaded. The message says what to run */
export async function assertLoaded(db: Gazetteer): Promise<void> {
  const loaded = await sql<{ rowCount: number }>`select row_count from imports`.execute(db).then(
    ({ rows }) => rows.length > 0,
    (error: unknown) => {
      throw new Error(`The gazetteer's database is empty or cannot be read. ${PREPARE}`, { cause: error });
    },
  );
  if (!loaded) throw new Error(`The gazetteer has not been loaded. ${PREPARE}`);
}

const PREPARE = 'Load it with: node --conditions=@rowlock/source apps/demo/src/import/main.ts';
