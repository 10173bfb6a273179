/**
 * The lease table beneath the lock registry: what ends a lease in Redis has shut its holder out of the database
 * before.
 */
import { until } from '@rowlock/test-utils';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ann, bo, cities, useRedis } from '../../test/fixtures/lockFixture.ts';
import { sqliteDatabase, type TestDatabase } from '../../test/fixtures/sql/testDatabase.ts';
import type { LocksOptions } from '../locks/locks.ts';
import { FencedOffError } from './fencedOffError.ts';
import { assertLease, revokeLease } from './leaseTable.ts';
import type { FencedLease } from './leaseVerdict.ts';

const { open } = useRedis();
let database: TestDatabase;
let options: Pick<LocksOptions, 'authorizeTakeOver' | 'beforeRevoke'>;
beforeAll(async () => {
  database = await sqliteDatabase();
});
beforeEach(async () => {
  await database.reset();
  const revoker = database.connect();
  options = {
    authorizeTakeOver: () => true,
    beforeRevoke: (lease, { reason }) => revokeLease(revoker, lease, { reason }),
  };
});
afterAll(() => database.close());

const records = cities(1, 3);
const write = (lease: FencedLease) =>
  database.db.transaction().execute(async (trx) => {
    await assertLease(trx, lease);
    await trx.updateTable('counters').set({ value: 1 }).execute();
  });

test('a takeover waits for the transaction of who is evicted, whose next one is refused', async () => {
  const { locks } = await open(options);
  const old = await locks.acquire({ holder: ann, records });
  const running = await database.hold();
  await assertLease(running, old);
  const takingOver = await database.begin(() =>
    locks.takeOver({ holder: bo, records, by: bo.actor, reason: 'on leave' }),
  );
  expect(takingOver.isOver()).toBe(false);
  expect((await locks.check(records)).held.get('cities/1')).toEqual([old.id]);
  await running.commit().execute();
  const mine = await takingOver.outcome;
  await expect(write(old)).rejects.toMatchObject({ by: { kind: 'revoked', reason: 'taken over' } });
  await write(mine);
});

test('a holder whose heartbeat is silent is refused before its records are free', async () => {
  const { locks, registry } = await open(options);
  await locks.start();
  // Without renewal, as one whose process is frozen.
  const acquired = await registry.acquire({ holder: ann, records, ttlMs: 1_000 });
  await write(acquired);
  await until(async () => (await locks.check(records)).held.size === 0, { timeoutMs: 10_000 });
  await expect(write(acquired)).rejects.toThrow(FencedOffError);
  await write(await locks.acquire({ holder: bo, records }));
});

test('a lease stays valid in the database when it is extended and transferred, and its old fences are refused', async () => {
  const { locks } = await open(options);
  const lease = await locks.acquire({ holder: ann, records });
  const first = { id: lease.id, fence: lease.fence };
  await write(first);
  await lease.extend(cities(10, 2));
  await write(lease);
  await expect(write(first)).rejects.toMatchObject({ by: { kind: 'later fence', fence: lease.fence } });
  const second = { id: lease.id, fence: lease.fence };
  const transferred = await lease.transfer(bo);
  await write(transferred);
  await expect(write(second)).rejects.toThrow(FencedOffError);
});
