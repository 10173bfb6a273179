/** What holds of the lease table, on every database. */
import { CamelCasePlugin } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { FencedOffError } from '../fencedOffError.ts';
import { assertLease, cleanUpLeases, createLeaseTable, revokeLease } from '../leaseTable.ts';
import type { FencedLease } from '../leaseVerdict.ts';
import type { TestDatabase } from './testDatabase.ts';

const HOUR_MS = 3_600_000;

export function leaseContract(open: () => Promise<TestDatabase>): void {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await open();
  });
  beforeEach(() => database.reset());
  afterAll(() => database.close());

  const lease: FencedLease = { id: '7', fence: '7' };
  const counter = async () =>
    (await database.db.selectFrom('counters').select('value').where('id', '=', 1).executeTakeFirstOrThrow())
      .value;
  /** Adds one under a lease: check, read, write. */
  const addOne = (under: FencedLease, client = database.db, nowMs = Date.now()) =>
    client.transaction().execute(async (trx) => {
      await assertLease(trx, under, { nowMs });
      const { value } = await trx
        .selectFrom('counters')
        .select('value')
        .where('id', '=', 1)
        .executeTakeFirstOrThrow();
      await trx
        .updateTable('counters')
        .set({ value: value + 1 })
        .where('id', '=', 1)
        .execute();
    });

  describe('a transaction under a lease', () => {
    test('is made as often as its holder likes', async () => {
      await addOne(lease);
      await addOne(lease);
      expect(await counter()).toBe(2);
    });

    test('is refused once the lease was revoked, with the reason', async () => {
      await addOne(lease);
      await revokeLease(database.db, lease, { reason: 'expired', nowMs: 1_000 });
      const error = await addOne(lease).catch((reason) => reason);
      expect(error).toBeInstanceOf(FencedOffError);
      expect(error).toMatchObject({
        code: 'lease_lost',
        fence: '7',
        by: { kind: 'revoked', leaseId: '7', reason: 'expired', revokedAtMs: 1_000 },
        message: expect.stringMatching(
          /Lease 7 \(fence 7\) was revoked at 1970.*expired.*rolled back.*Acquire/s,
        ),
      });
      expect(await counter()).toBe(1);
    });

    test('is refused, where it is the first, by a revocation that came before it', async () => {
      await revokeLease(database.db, { id: '7' });
      await expect(addOne(lease)).rejects.toThrow(FencedOffError);
      expect(await counter()).toBe(0);
    });

    test('is refused under an earlier fence of the same lease', async () => {
      await addOne(lease);
      await addOne({ id: '7', fence: '12' });
      await expect(addOne(lease)).rejects.toMatchObject({ by: { kind: 'later fence', fence: '12' } });
      await addOne({ id: '7', fence: '12' });
      expect(await counter()).toBe(3);
    });

    test('of another lease goes on', async () => {
      await revokeLease(database.db, lease);
      await addOne({ id: '8', fence: '8' });
      expect(await counter()).toBe(1);
    });

    test('compares fences as numbers, of any size that Rowlock gives', async () => {
      await addOne({ id: '9', fence: '9' });
      await addOne({ id: '9', fence: '9007199254740993' });
      await expect(addOne({ id: '9', fence: '9007199254740992' })).rejects.toThrow(FencedOffError);
      await expect(addOne({ id: '9', fence: '10' })).rejects.toThrow(FencedOffError);
    });
  });

  describe('revoking', () => {
    test("waits for the holder's running transaction, whose writes are there when it returns", async () => {
      const running = await database.hold();
      await assertLease(running, lease);
      const revoker = database.connect();
      const revoking = await database.begin(() => revokeLease(revoker, lease));
      expect(revoking.isOver()).toBe(false);
      await running.updateTable('counters').set({ value: 5 }).where('id', '=', 1).execute();
      await running.commit().execute();
      await revoking.outcome;
      expect(await counter()).toBe(5);
      await expect(addOne(lease)).rejects.toThrow(FencedOffError);
    });

    test("waits also for a holder's later transactions, which lock what is there already", async () => {
      await addOne(lease);
      const running = await database.hold();
      await assertLease(running, lease);
      const revoker = database.connect();
      const revoking = await database.begin(() => revokeLease(revoker, lease));
      expect(revoking.isOver()).toBe(false);
      await running.rollback().execute();
      await revoking.outcome;
    });

    test('lets the first reason stand when it is done again, after its process has died, say', async () => {
      await revokeLease(database.db, lease, { reason: 'expired', nowMs: 1_000 });
      await expect(addOne(lease)).rejects.toThrow('expired');
      await revokeLease(database.connect(), { id: '7', fence: '9' }, { reason: 'taken over', nowMs: 2_000 });
      await expect(addOne({ id: '7', fence: '9' })).rejects.toMatchObject({
        by: { reason: 'expired', revokedAtMs: 1_000 },
      });
    });

    test('holds against holders who go on without knowing, however they meet: no update is lost', async () => {
      const HOLDERS = 5;
      const CHANGES = 80;
      let made = 0;
      let refused = 0;
      let current: FencedLease = { id: '1', fence: '1' };
      let line: Promise<unknown> = Promise.resolve();
      /** What a lock registry does: first the mark, and only then the records are another's; one after the other. */
      const takeOver = (client: TestDatabase['db']) => {
        const mine = line.then(async () => {
          await revokeLease(client, current);
          const next = String(Number(current.id) + 1);
          current = { id: next, fence: next };
          return current;
        });
        line = mine;
        return mine;
      };
      await Promise.all(
        Array.from({ length: HOLDERS }, async () => {
          const client = database.connect();
          while (made < CHANGES) {
            const own = await takeOver(client);
            try {
              for (let i = 0; i < 10 && made < CHANGES; i++) {
                await addOne(own, client);
                made += 1;
              }
            } catch (error) {
              if (!(error instanceof FencedOffError)) throw error;
              refused += 1;
            }
          }
        }),
      );
      expect(await counter()).toBe(made);
      expect(refused).toBeGreaterThan(0);
    });
  });

  describe('cleaning up', () => {
    const NOW_MS = 1_000 * HOUR_MS;
    const rowCount = async () => {
      const { n } = await database.db
        .selectFrom('rowlock_leases' as never)
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .where('lease_id' as never, '<>', 0 as never)
        .executeTakeFirstOrThrow();
      return Number(n);
    };

    test('removes what was not used for long, and keeps what was', async () => {
      await addOne({ id: '1', fence: '1' }, database.db, NOW_MS - 10 * HOUR_MS);
      await revokeLease(database.db, { id: '2' }, { nowMs: NOW_MS - 10 * HOUR_MS });
      await addOne({ id: '3', fence: '3' }, database.db, NOW_MS - 10 * HOUR_MS);
      await addOne({ id: '3', fence: '3' }, database.db, NOW_MS - 2 * HOUR_MS);
      const before = await rowCount();
      const removed = await cleanUpLeases(database.db, { keepMs: 3 * HOUR_MS, nowMs: NOW_MS });
      expect(removed).toBe(before - 1);
      expect(await rowCount()).toBe(1);
      await addOne({ id: '3', fence: '3' }, database.db, NOW_MS);
    });

    test('lets nobody back in whose revocation it has removed', async () => {
      await revokeLease(database.db, { id: '7', fence: '9' }, { nowMs: NOW_MS - 10 * HOUR_MS });
      await cleanUpLeases(database.db, { keepMs: 3 * HOUR_MS, nowMs: NOW_MS });
      for (const fence of ['7', '9']) {
        await expect(addOne({ id: '7', fence }, database.db, NOW_MS)).rejects.toMatchObject({
          by: { kind: 'forgotten', leaseId: '7', floor: '9' },
        });
      }
      await addOne({ id: '10', fence: '10' }, database.db, NOW_MS);
      expect(await counter()).toBe(1);
    });

    test('lets in a lease from before, whose fence has risen since', async () => {
      await revokeLease(database.db, { id: '9' }, { nowMs: NOW_MS - 10 * HOUR_MS });
      await cleanUpLeases(database.db, { keepMs: 3 * HOUR_MS, nowMs: NOW_MS });
      await addOne({ id: '7', fence: '11' }, database.db, NOW_MS);
      expect(await counter()).toBe(1);
    });

    test('keeps out one who commits in spite of his refusal, and comes again', async () => {
      await revokeLease(database.db, lease, { nowMs: NOW_MS - 10 * HOUR_MS });
      await cleanUpLeases(database.db, { keepMs: 3 * HOUR_MS, nowMs: NOW_MS });
      await database.db.transaction().execute(async (trx) => {
        await expect(assertLease(trx, lease, { nowMs: NOW_MS })).rejects.toThrow(FencedOffError);
      });
      await expect(addOne(lease, database.db, NOW_MS + 1)).rejects.toMatchObject({
        by: { kind: 'forgotten' },
      });
    });

    test('takes any number of rows', async () => {
      const old = Array.from({ length: 1_200 }, (_, i) => ({
        lease_id: i + 1,
        fence: i + 1,
        registered_at: 1,
        used_at: 1,
      }));
      await database.db
        .insertInto('rowlock_leases' as never)
        .values(old as never)
        .execute();
      expect(await cleanUpLeases(database.db)).toBe(1_200);
      expect(await cleanUpLeases(database.db)).toBe(0);
      await expect(addOne({ id: '1200', fence: '1200' })).rejects.toMatchObject({ by: { floor: '1200' } });
    });

    test.each([0, Number.NaN, -1, Number.POSITIVE_INFINITY, 2 ** 31])(
      'refuses to wait %s ms for a holder',
      async (waitMs) => {
        await expect(revokeLease(database.db, { id: '7' }, { waitMs })).rejects.toThrow(
          `waitMs is ${waitMs}`,
        );
      },
    );

    test('refuses to forget leases that may be in use', async () => {
      await expect(cleanUpLeases(database.db, { keepMs: HOUR_MS })).rejects.toThrow(
        'keepMs is 3600000. It is a duration in ms: give a number of at least 7,200,000.',
      );
      await expect(cleanUpLeases(database.db, { keepMs: Number.NaN })).rejects.toThrow('keepMs is NaN');
    });
  });

  describe('the table', () => {
    test('is made once, however often', async () => {
      await addOne(lease);
      await createLeaseTable(database.db);
      await addOne(lease);
    });

    test('is found also by a Kysely that turns names into camel case', async () => {
      const camel = database.db.withPlugin(new CamelCasePlugin());
      await addOne(lease, camel);
      await revokeLease(camel, lease, { reason: 'expired' });
      await expect(addOne(lease, camel)).rejects.toThrow('expired');
      expect(await cleanUpLeases(camel, { nowMs: Date.now() + 1_000 * HOUR_MS })).toBeGreaterThan(0);
      await expect(addOne(lease, camel)).rejects.toMatchObject({ by: { kind: 'forgotten' } });
    });

    test('may have another name, for another namespace', async () => {
      await createLeaseTable(database.db, { table: 'other_leases' });
      await revokeLease(database.db, lease, { table: 'other_leases' });
      await addOne(lease);
      await expect(
        database.db.transaction().execute((trx) => assertLease(trx, lease, { table: 'other_leases' })),
      ).rejects.toThrow(FencedOffError);
    });
  });

  describe('nonsense is refused', () => {
    test.each([
      [{ id: '', fence: '7' }, /"" is not a lease's id/],
      [{ id: '7', fence: 'x' }, /"x" is not a fence/],
      [{ id: '0', fence: '7' }, /0 is no lease's id/],
    ])('the lease %j', async (wrong, message) => {
      await expect(addOne(wrong)).rejects.toThrow(message);
    });

    test('a check outside of a transaction', async () => {
      await expect(assertLease(database.db, lease)).rejects.toThrow(/not in a transaction/);
    });

    test('a revocation inside of one', async () => {
      await expect(database.db.transaction().execute((trx) => revokeLease(trx, lease))).rejects.toThrow(
        /nobody sees before it commits/,
      );
    });
  });
}
