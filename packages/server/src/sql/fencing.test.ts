import { DatabaseSync } from 'node:sqlite';
import { Kysely } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { leaseContract } from '../../test/fixtures/sql/leaseContract/leaseContract.ts';
import { plainContract } from '../../test/fixtures/sql/plainContract.ts';
import { rowContract } from '../../test/fixtures/sql/rowContract/rowContract.ts';
import { sqliteDatabase, type Tables, type TestDatabase } from '../../test/fixtures/sql/testDatabase.ts';
import { threadedSqlite } from '../../test/fixtures/sql/threadedSqlite.ts';
import { assertLease, LeaseInUseError, revokeLease } from './leaseTable.ts';

// Threads and files are slow if the machine is busy with other tests.
vi.setConfig({ testTimeout: 20_000, hookTimeout: 30_000 });

describe('fences on rows, in SQLite', () => rowContract(sqliteDatabase));
describe('the lease table, in SQLite', () => leaseContract(sqliteDatabase));
describe('plain SQL, in SQLite', () =>
  plainContract(sqliteDatabase, async ({ where }) => {
    const database = new DatabaseSync(where);
    return {
      dialect: 'sqlite',
      run: async (sql, parameters) => database.prepare(sql).all(...parameters),
      close: async () => database.close(),
    };
  }));

describe('a holder of SQLite whose transaction does not end', () => {
  let database: TestDatabase;
  let impatient: Kysely<Tables>;
  beforeAll(async () => {
    database = await sqliteDatabase();
    impatient = new Kysely<Tables>({ dialect: threadedSqlite({ path: database.where, timeoutMs: 50 }) });
  });
  beforeEach(() => database.reset());
  afterAll(async () => {
    await impatient.destroy();
    await database.close();
  });

  test('a holder of SQLite whose transaction does not end cannot be revoked: its records stay held', async () => {
    const lease = { id: '7', fence: '7' };
    const running = await database.hold();
    await assertLease(running, lease);
    await expect(revokeLease(impatient, lease)).rejects.toThrow(LeaseInUseError);
    await running.commit().execute();
    await revokeLease(impatient, lease);
  });
});
