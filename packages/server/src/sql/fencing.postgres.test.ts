import { startPostgres, type TestPostgres } from '@rowlock/test-utils';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { leaseContract } from '../../test/fixtures/sql/leaseContract/leaseContract.ts';
import { plainContract } from '../../test/fixtures/sql/plainContract.ts';
import { rowContract } from '../../test/fixtures/sql/rowContract/rowContract.ts';
import { postgresDatabase, type TestDatabase } from '../../test/fixtures/sql/testDatabase.ts';
import { runStatement } from './connection.ts';
import { FencedOffError } from './fencedOffError.ts';
import { fencedUpdate, sealRows } from './fencedRows.ts';
import { connectionOf } from './kyselyConnection.ts';
import { leaseStatements } from './leaseStatements.ts';
import { assertLease, LeaseInUseError, revokeLease } from './leaseTable.ts';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

const open = () => postgresDatabase(postgres.url);

describe('fences on rows, in PostgreSQL', () => rowContract(open));
describe('the lease table, in PostgreSQL', () => leaseContract(open));
describe('plain SQL, in PostgreSQL', () =>
  plainContract(open, async ({ where }) => {
    const client = new pg.Client({ connectionString: where });
    await client.connect();
    return {
      dialect: 'postgresql',
      run: async (sql, parameters) => (await client.query(sql, [...parameters])).rows,
      close: () => client.end(),
    };
  }));

describe('PostgreSQL, which locks rows one by one', () => {
  const lease = { id: '7', fence: '7' };
  let database: TestDatabase;
  beforeAll(async () => {
    database = await open();
  });
  beforeEach(async () => {
    await database.reset();
    await database.db.transaction().execute((trx) => assertLease(trx, lease));
  });
  afterAll(() => database.close());

  test('the transactions of one lease run side by side', async () => {
    const client = database.connect();
    const one = await database.hold(client);
    const other = await database.hold(client);
    await assertLease(one, lease);
    await assertLease(other, lease);
    await other.commit().execute();
    await one.commit().execute();
  });

  test('a holder who is never between two transactions is revoked all the same', async () => {
    const client = database.connect();
    let revoked = false;
    let made = 0;
    // Two that take turns: each begins its next transaction while the other's is open, so there is never a gap.
    let current = await database.hold(client);
    await assertLease(current, lease);
    const revoking = await database.begin(() => revokeLease(database.connect(), lease, { waitMs: 60_000 }));
    expect(revoking.isOver()).toBe(false);
    const end = revoking.outcome.then(() => {
      revoked = true;
    });
    while (!revoked) {
      const next = await database.hold(client);
      const refused = await assertLease(next, lease).then(
        () => undefined,
        (error: unknown) => error,
      );
      await current.commit().execute();
      current = next;
      made += 1;
      if (refused) {
        expect(refused).toBeInstanceOf(FencedOffError);
        break;
      }
      expect(made).toBeLessThan(100);
    }
    await current.rollback().execute();
    await end;
    expect(made).toBe(1);
  });

  test('a holder whose transaction does not end cannot be revoked, and begins no other transaction', async () => {
    const running = await database.hold();
    await assertLease(running, lease);
    const error = await revokeLease(database.db, lease, { waitMs: 50, reason: 'expired' }).catch((e) => e);
    expect(error).toBeInstanceOf(LeaseInUseError);
    expect(error).toMatchObject({
      code: 'unavailable',
      leaseId: '7',
      message: expect.stringMatching(/still running.*stay held. Try again.*idle_in_transaction/s),
      cause: { code: '55P03' },
    });
    const another = database.connect().transaction();
    await expect(another.execute((trx) => assertLease(trx, lease))).rejects.toThrow('expired');
    await running.commit().execute();
    await revokeLease(database.db, lease, { waitMs: 50 });
  });

  test('a revoker that crashes half-way has excluded the holder, and another revoker finishes its work', async () => {
    const [announce] = leaseStatements('postgresql').revoke({
      leaseId: '7',
      fence: '7',
      reason: 'expired',
      nowMs: 1_000,
      waitMs: 1_000,
    });
    await runStatement(await connectionOf(database.db), announce!);
    await expect(database.db.transaction().execute((trx) => assertLease(trx, lease))).rejects.toThrow(
      'expired',
    );
    await expect(
      database.db.transaction().execute((trx) => assertLease(trx, { id: '7', fence: '9' })),
    ).rejects.toThrow('expired');
    const running = await database.hold();
    await revokeLease(database.db, lease, { reason: 'taken over' });
    await expect(assertLease(running, lease)).rejects.toThrow(FencedOffError);
    await running.rollback().execute();
  });

  test.each([
    ['that is in the table', lease],
    ['that is not in the table yet', { id: '8', fence: '8' }],
  ])('a snapshot from before the revocation of a lease %s does not let it pass', async (_, held) => {
    const trx = await database.hold(undefined, 'repeatable read');
    await trx.selectFrom('counters').selectAll().execute();
    await revokeLease(database.db, held);
    await expect(assertLease(trx, held)).rejects.toMatchObject({ code: '40001' });
    await trx.rollback().execute();
  });

  test('a seal on an old snapshot is refused, too', async () => {
    const trx = await database.hold(undefined, 'repeatable read');
    await trx.selectFrom('cities').selectAll().execute();
    await fencedUpdate(database.db, { table: 'cities', ids: [1], fence: '2', set: { population: 5 } });
    await expect(sealRows(trx, { table: 'cities', ids: [1], fence: '1' })).rejects.toMatchObject({
      code: '40001',
    });
    await trx.rollback().execute();
  });
});
