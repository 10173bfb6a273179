/** What holds without Kysely: a connection that runs plain SQL, and nothing else. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { runStatement, type SqlConnection } from '../connection.ts';
import { FencedOffError } from '../fencedOffError.ts';
import { assertNotOvertaken, sealRows } from '../fencedRows.ts';
import { assertLease, cleanUpLeases, createLeaseTable, revokeLease } from '../leaseTable.ts';
import { fenceColumnDdl } from '../rowStatements.ts';
import type { TestDatabase } from './testDatabase.ts';

export interface PlainClient extends SqlConnection {
  close(): Promise<void>;
}

export function plainContract(
  open: () => Promise<TestDatabase>,
  connect: (database: TestDatabase) => Promise<PlainClient>,
): void {
  let database: TestDatabase;
  let client: PlainClient;
  beforeAll(async () => {
    database = await open();
    client = await connect(database);
  });
  beforeEach(() => database.reset());
  afterAll(async () => {
    await client.close();
    await database.close();
  });

  const inTransaction = async (work: () => Promise<void>) => {
    await client.run('begin', []);
    try {
      await work();
      await client.run('commit', []);
    } catch (error) {
      await client.run('rollback', []);
      throw error;
    }
  };
  const populations = async () =>
    (await client.run('select population from cities where id in (1, 2) order by id', [])).map((row) =>
      Number(row.population),
    );

  test('rows are sealed before they are read', async () => {
    const rows = { table: 'cities', ids: [1, 2], fence: '9' };
    await inTransaction(async () => {
      await sealRows(client, rows);
      await client.run('update cities set population = population + 1 where id in (1, 2)', []);
    });
    expect(await populations()).toEqual([101, 101]);
    await expect(inTransaction(() => sealRows(client, { ...rows, fence: '8' }))).rejects.toThrow(
      FencedOffError,
    );
  });

  test('a write of its own is looked at afterwards', async () => {
    await inTransaction(() => sealRows(client, { table: 'cities', ids: [2], fence: '9' }));
    const [at1, at2] = client.dialect === 'postgresql' ? ['$1', '$2'] : ['?', '?'];
    const late = inTransaction(async () => {
      await client.run(`update cities set population = ${at1} where id in (1, 2) and fence <= ${at2}`, [
        0,
        '8',
      ]);
      await assertNotOvertaken(client, { table: 'cities', ids: [1, 2], fence: '8' });
    });
    await expect(late).rejects.toMatchObject({ by: { ids: ['2'], fence: '9' } });
    expect(await populations()).toEqual([100, 100]);
  });

  test('more ids than a statement has room for', async () => {
    const ids = Array.from({ length: 70_000 }, (_, i) => i + 1);
    await inTransaction(() => sealRows(client, { table: 'cities', ids, fence: '3' }));
    await expect(
      inTransaction(() => sealRows(client, { table: 'cities', ids: ids.toReversed(), fence: '2' })),
    ).rejects.toThrow(FencedOffError);
  });

  test('a lease is checked, revoked and cleaned up', async () => {
    const lease = { id: '5', fence: '5' };
    await createLeaseTable(client);
    await inTransaction(() => assertLease(client, lease));
    await revokeLease(client, lease, { reason: 'expired', nowMs: 1 });
    await expect(inTransaction(() => assertLease(client, lease))).rejects.toThrow('expired');
    // Its transaction has left its mark today, so it is not old yet.
    const inAMonthMs = Date.now() + 30 * 24 * 3_600_000;
    expect(await cleanUpLeases(client, { nowMs: inAMonthMs })).toBeGreaterThan(0);
    await expect(inTransaction(() => assertLease(client, lease))).rejects.toMatchObject({
      by: { kind: 'forgotten' },
    });
  });

  test('a table gets its column for fences', async () => {
    await client.run('create table shops (id integer primary key)', []);
    await client.run('insert into shops values (1)', []);
    await runStatement(client, { sql: fenceColumnDdl(client.dialect, 'shops', 'token'), parameters: [] });
    const rows = { table: 'shops', ids: [1], fenceColumn: 'token' };
    await inTransaction(() => sealRows(client, { ...rows, fence: '2' }));
    await expect(inTransaction(() => sealRows(client, { ...rows, fence: '1' }))).rejects.toThrow('(2)');
  });
}
