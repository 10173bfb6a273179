import type { Holder, RecordKey } from '@rowlock/protocol';
import { startRedis, type TestRedis } from '@rowlock/test-utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLockRegistry } from '../../../src/locks/registry/registry.ts';
import { toLeaseSecret } from '../../../src/locks/registry/requests.ts';
import { openHasty } from './lockClient.ts';

const holder: Holder = { type: 'task', id: 't', label: 'Again', actor: { id: 'a', name: 'Ann' } };
const RECORDS: RecordKey[] = Array.from({ length: 3_000 }, (_, number): RecordKey => `cities/${number}`);
const ROUNDS = 60;

let redis: TestRedis;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

describe('sweepers beside a holder that acquires the same records again and again', () => {
  it('P1: sweepers clear no record of a holder that acquires the same records again and again', async () => {
    const connections = Array.from({ length: 3 }, () => openHasty(redis.port));
    await Promise.all(connections.map((connection) => connection.connect()));
    const [owner, ...sweepers] = connections.map((connection) =>
      createLockRegistry({ redis: connection, namespace: 'sweeping' }),
    );
    let isOver = false;
    let stepsTaken = 0;
    const sweeping = sweepers.map(async (sweeper) => {
      while (!isOver) if (await sweeper.sweep()) stepsTaken += 1;
    });
    for (let round = 0; round < ROUNDS; round++) {
      const lease = await owner!.acquire({ holder, records: RECORDS });
      // At this moment the sweepers are clearing the entries of the last round.
      const { held } = await owner!.check(RECORDS);
      expect(held.size).toBe(RECORDS.length);
      expect(held.get(RECORDS[round]!)).toEqual([lease.id]);
      await owner!.release(toLeaseSecret(lease));
    }
    isOver = true;
    await Promise.all(sweeping);
    while (await owner!.sweep());
    // Each of a lease's two chunks takes one call. The last call also reports that nothing is left.
    expect(stepsTaken).toBeGreaterThan(ROUNDS / 2);
    expect((await owner!.check(RECORDS)).held.size).toBe(0);
    for (const connection of connections) connection.disconnect();
  });
});
