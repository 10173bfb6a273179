/** What holds of fences on rows, on every database. */
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { FencedOffError } from '../fencedOffError.ts';
import { assertNotOvertaken, fencedDelete, fencedUpdate, sealRows, withSealedRows } from '../fencedRows.ts';
import { CITY_COUNT, type TestDatabase } from './testDatabase.ts';

export function rowContract(open: () => Promise<TestDatabase>): void {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await open();
  });
  beforeEach(() => database.reset());
  afterAll(() => database.close());

  const populationOf = async (id: number) =>
    (
      await database.db
        .selectFrom('cities')
        .select('population')
        .where('id', '=', id)
        .executeTakeFirstOrThrow()
    ).population;
  const setPopulation = (fence: string, population: number, ids: readonly number[] = [1]) =>
    fencedUpdate(database.db, { table: 'cities', ids, fence, set: { population } });

  describe('a write under a fence', () => {
    test('is made by the same lease as often as it likes, and by every later one', async () => {
      expect(await setPopulation('5', 1)).toBe(1);
      expect(await setPopulation('5', 2)).toBe(1);
      expect(await setPopulation('6', 3)).toBe(1);
      expect(await populationOf(1)).toBe(3);
    });

    test('is refused as a whole where a later lease has written one of its rows', async () => {
      await setPopulation('200', 7, [3]);
      const error = await setPopulation('100', 8, [1, 2, 3]).catch((reason) => reason);
      expect(error).toBeInstanceOf(FencedOffError);
      expect(error).toMatchObject({
        code: 'lease_lost',
        fence: '100',
        by: { kind: 'rows', table: 'cities', ids: ['3'], fence: '200' },
        message: expect.stringMatching(
          /Row 3 of cities has .*fence \(200\) than this one \(100\).*rolled back.*Acquire/s,
        ),
      });
      expect(await populationOf(1)).toBe(100);
      expect(await populationOf(3)).toBe(7);
    });

    test('names at most 20 rows in its refusal, and the latest fence of all', async () => {
      const ids = Array.from({ length: CITY_COUNT }, (_, i) => i + 1);
      await database.db
        .insertInto('cities')
        .values([{ id: 21, population: 1 }])
        .execute();
      await setPopulation('9', 1, [...ids, 21]);
      await setPopulation('10', 1, [4]);
      const error = await setPopulation('8', 1, [...ids, 21]).catch((reason) => reason);
      expect(error.by.ids).toHaveLength(20);
      expect(error.by.fence).toBe('10');
    });

    test('compares fences as numbers, of any size that Rowlock gives', async () => {
      await setPopulation('9', 1);
      await setPopulation('1882708864364203', 2);
      await expect(setPopulation('999', 3)).rejects.toThrow(FencedOffError);
      await expect(setPopulation('1882708864364202', 4)).rejects.toThrow(FencedOffError);
      await setPopulation('9007199254740993', 5);
      await expect(setPopulation('9007199254740992', 6)).rejects.toThrow('(9007199254740993)');
    });

    test('passes over rows that do not exist, and says how many it has written', async () => {
      expect(await setPopulation('5', 1, [1, 2, 1, 999])).toBe(2);
    });

    test('takes more ids than a statement has room for, all of them or none', async () => {
      const ids = Array.from({ length: 70_000 }, (_, i) => i + 1);
      await setPopulation('5', 1, [CITY_COUNT]);
      expect(await setPopulation('5', 2, ids)).toBe(CITY_COUNT);
      const reversed = ids.toReversed();
      await setPopulation('7', 3, [1]);
      await expect(setPopulation('6', 4, reversed)).rejects.toThrow(FencedOffError);
      expect(await populationOf(CITY_COUNT)).toBe(2);
    });

    test('says so where a row has no fence to compare with', async () => {
      await database.db.updateTable('cities').set({ fence: sql`null` }).where('id', '=', 2).execute();
      await expect(setPopulation('5', 1, [1, 2])).rejects.toThrow(/null in row 2.*not null default 0/s);
      expect(await populationOf(1)).toBe(100);
    });

    test('removes rows too, unless a later lease has written one', async () => {
      await setPopulation('5', 1, [1, 2]);
      await setPopulation('6', 1, [2]);
      await expect(fencedDelete(database.db, { table: 'cities', ids: [1, 2], fence: '5' })).rejects.toThrow(
        FencedOffError,
      );
      expect(await fencedDelete(database.db, { table: 'cities', ids: [1, 2], fence: '6' })).toBe(2);
    });

    test('is rolled back with the transaction that it is a part of', async () => {
      const work = database.db.transaction().execute(async (trx) => {
        await trx.updateTable('cities').set({ notes: 'mine' }).where('id', '=', 5).execute();
        await fencedUpdate(trx, { table: 'cities', ids: [1], fence: '3', set: { population: 1 } });
        await fencedUpdate(trx, { table: 'cities', ids: [2], fence: '3', set: { population: 1 } });
      });
      await setPopulationElsewhere('4', [2]);
      await expect(work.then(() => 'committed')).resolves.toBe('committed');
      await expect(
        database.db.transaction().execute(async (trx) => {
          await trx.updateTable('cities').set({ notes: 'late' }).where('id', '=', 5).execute();
          await fencedUpdate(trx, { table: 'cities', ids: [2], fence: '3', set: { population: 1 } });
        }),
      ).rejects.toThrow(FencedOffError);
      const { notes } = await database.db
        .selectFrom('cities')
        .select('notes')
        .where('id', '=', 5)
        .executeTakeFirstOrThrow();
      expect(notes).toBe('mine');
    });

    test('of your own making is refused by the look at its rows that follows it', async () => {
      await setPopulation('9', 1, [2]);
      const own = (fence: string) =>
        database.db.transaction().execute(async (trx) => {
          await trx
            .updateTable('cities')
            .set((eb) => ({ population: eb('population', '*', 2), fence }))
            .where('id', 'in', [1, 2])
            .where('fence', '<=', fence)
            .execute();
          await assertNotOvertaken(trx, { table: 'cities', ids: [1, 2], fence });
        });
      await expect(own('8')).rejects.toThrow(FencedOffError);
      expect(await populationOf(1)).toBe(100);
      await own('10');
      expect(await populationOf(1)).toBe(200);
    });
  });

  const setPopulationElsewhere = (fence: string, ids: readonly number[]) =>
    fencedUpdate(database.connect(), { table: 'cities', ids, fence, set: { population: 7 } });

  describe('read, compute, write', () => {
    const read = (on: TestDatabase['db']) =>
      on.selectFrom('cities').select('population').where('id', '=', 1).executeTakeFirstOrThrow();

    test('with a fence on the write alone loses an update: so this is not enough', async () => {
      const [older, newer] = [database.connect(), database.connect()];
      const atFirst = await read(older);
      // The older lease is lost here, and the newer one is granted.
      const seen = await read(newer);
      const late = { population: atFirst.population + 1 };
      // Nothing tells the row yet that there is a newer lease, so the late write goes through …
      expect(await fencedUpdate(older, { table: 'cities', ids: [1], fence: '1', set: late })).toBe(1);
      const next = { population: seen.population + 10 };
      // … and is overwritten by what was computed from an older value.
      expect(await fencedUpdate(newer, { table: 'cities', ids: [1], fence: '2', set: next })).toBe(1);
      expect(await populationOf(1)).toBe(110);
    });

    test('with a seal before the read refuses the late write instead', async () => {
      const [older, newer] = [database.connect(), database.connect()];
      const atFirst = await read(older);
      const rows = { table: 'cities', ids: [1], fence: '2' } as const;
      const seen = await withSealedRows(newer, rows, (trx) => read(trx));
      const late = { population: atFirst.population + 1 };
      await expect(fencedUpdate(older, { table: 'cities', ids: [1], fence: '1', set: late })).rejects.toThrow(
        FencedOffError,
      );
      await fencedUpdate(newer, { ...rows, set: { population: seen.population + 10 } });
      expect(await populationOf(1)).toBe(110);
    });

    test("with a seal waits for an older holder's running transaction, and reads what that has written", async () => {
      const older = await database.hold();
      await sealRows(older, { table: 'cities', ids: [1], fence: '1' });
      const { population } = await read(older);
      const newer = database.connect();
      const change = await database.begin(() =>
        withSealedRows(newer, { table: 'cities', ids: [1], fence: '2' }, async (trx) => {
          const seen = await read(trx);
          await trx
            .updateTable('cities')
            .set({ population: seen.population + 10 })
            .where('id', '=', 1)
            .execute();
        }),
      );
      expect(change.isOver()).toBe(false);
      await older
        .updateTable('cities')
        .set({ population: population + 1 })
        .where('id', '=', 1)
        .execute();
      await older.commit().execute();
      await change.outcome;
      expect(await populationOf(1)).toBe(111);
    });

    test('with a seal that waited for a newer holder is refused', async () => {
      const newer = await database.hold();
      await sealRows(newer, { table: 'cities', ids: [1], fence: '2' });
      const older = database.connect();
      const change = await database.begin(() =>
        withSealedRows(older, { table: 'cities', ids: [1], fence: '1' }, (trx) => read(trx)),
      );
      expect(change.isOver()).toBe(false);
      await newer.commit().execute();
      await expect(change.outcome).rejects.toThrow(FencedOffError);
    });

    test('by many clients, each under a fence of its own, loses none', async () => {
      const CLIENTS = 6;
      const CHANGES = 25;
      let fences = 0;
      let refused = 0;
      await Promise.all(
        Array.from({ length: CLIENTS }, async () => {
          const client = database.connect();
          for (let made = 0; made < CHANGES; ) {
            const rows = { table: 'cities', ids: [1], fence: String(++fences) } as const;
            try {
              await withSealedRows(client, rows, async (trx) => {
                const { population } = await read(trx);
                await trx
                  .updateTable('cities')
                  .set({ population: population + 1 })
                  .where('id', '=', 1)
                  .execute();
              });
              made += 1;
            } catch (error) {
              // Overtaken: with a new lease, and so a new fence, the next one goes on.
              if (!(error instanceof FencedOffError)) throw error;
              refused += 1;
            }
          }
        }),
      );
      expect(await populationOf(1)).toBe(100 + CLIENTS * CHANGES);
      expect(fences).toBe(CLIENTS * CHANGES + refused);
    });
  });

  describe('nonsense is refused before anything is written', () => {
    test.each(['', '-1', '1.5', '1e3', '007', 'abc', '9223372036854775808'])(
      'the fence %j',
      async (fence) => {
        await expect(setPopulation(fence, 1)).rejects.toThrow(/is not a fence.*decimal digits/s);
        expect(await populationOf(1)).toBe(100);
      },
    );

    test('a fence that is a number, or nothing', async () => {
      await expect(setPopulation(5 as never, 1)).rejects.toThrow('5 (number) is not a fence');
      await expect(setPopulation(undefined as never, 1)).rejects.toThrow(
        'undefined (undefined) is not a fence',
      );
    });

    test('no ids, and what is no id', async () => {
      await expect(setPopulation('5', 1, [])).rejects.toThrow('No ids were given for cities');
      await expect(setPopulation('5', 1, [1, Number.NaN])).rejects.toThrow('NaN is no id of cities');
      await expect(setPopulation('5', 1, [1, undefined as never])).rejects.toThrow(
        'undefined is no id of cities',
      );
    });

    test('a seal outside of a transaction', async () => {
      await expect(sealRows(database.db as never, { table: 'cities', ids: [1], fence: '5' })).rejects.toThrow(
        /not in a transaction.*withSealedRows/s,
      );
    });
  });
}
