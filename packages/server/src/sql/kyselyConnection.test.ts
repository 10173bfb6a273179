import {
  DummyDriver,
  Kysely,
  MssqlAdapter,
  MysqlAdapter,
  PostgresAdapter,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { expect, test } from 'vitest';
import { connectionOf } from './kyselyConnection.ts';

const kysely = (adapter: PostgresAdapter | MssqlAdapter) =>
  new Kysely<object>({
    dialect: {
      createAdapter: () => adapter,
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  });

test.each([
  ['postgresql', new PostgresAdapter()],
  ['sqlite', new SqliteAdapter()],
  ['mysql', new MysqlAdapter()],
] as const)('a Kysely for %s is known by its adapter', async (dialect, adapter) => {
  expect((await connectionOf(kysely(adapter))).dialect).toBe(dialect);
});

test('an unknown dialect must be given', async () => {
  const mssql = kysely(new MssqlAdapter());
  await expect(connectionOf(mssql)).rejects.toThrow(/MssqlAdapter.*Say which one/s);
  expect((await connectionOf(mssql, 'postgresql')).dialect).toBe('postgresql');
});

test('connectionOf returns a connection as it is', async () => {
  const connection = { dialect: 'mysql' as const, run: async () => [] };
  expect(await connectionOf(connection)).toBe(connection);
});
