import type { Holder } from '@rowlock/protocol';
import { startChild, startRedis, type TestRedis, until } from '@rowlock/test-utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConflictError } from '../../../src/errors.ts';
import { createLocks, type Locks } from '../../../src/locks/locks.ts';
import { openCommands } from '../../../src/redis/connection.ts';
import { openCounters } from './guardedCounters.ts';
import type { HolderCommand, HolderReport } from './holderProcess.ts';
import { runFaults } from './runFaults.ts';

const TTL_MS = 1_000;
const holder: Holder = { type: 'person', id: 'b', label: 'Next', actor: { id: 'b', name: 'Ben' } };
const module = new URL('./holderProcess.ts', import.meta.url);

let redis: TestRedis;
let counters: TestRedis;
beforeAll(async () => {
  [redis, counters] = await Promise.all([startRedis(), startRedis()]);
});
afterAll(() => Promise.all([redis.stop(), counters.stop()]));

async function open(namespace: string): Promise<{ locks: Locks; close(): Promise<void> }> {
  const connection = openCommands(redis.url);
  const locks = createLocks({ redis: connection, namespace });
  await locks.start();
  return {
    locks,
    async close() {
      await locks.close();
      connection.disconnect();
    },
  };
}

async function startHolder(namespace: string) {
  const child = await startChild<HolderCommand, HolderReport>({ module });
  child.send({ acquire: { redisPort: redis.port, namespace, records: ['cities/1'], ttlMs: TTL_MS } });
  const report = await child.next();
  if (!('fence' in report)) throw new Error('The holder has no lease.');
  return { child, ...report };
}

describe.concurrent('a holder that is killed', () => {
  it('P6, P7: the lease of a killed holder expires after its TTL, and the next waiter has the records', async () => {
    const { locks, close } = await open('killed');
    const { child, leaseId, fence } = await startHolder('killed');
    const refusal = locks.acquire({ holder, records: ['cities/1'] });
    await expect(refusal).rejects.toBeInstanceOf(ConflictError);

    const waiting = locks.acquire({ holder, records: ['cities/1'], onConflict: 'wait', waitMs: 10_000 });
    await until(async () => (await locks.listHolders(['cities/1'])).get('cities/1')?.length === 2);
    await child.kill('SIGKILL');
    const killedMs = performance.now();
    const next = await waiting;
    // The last heartbeat may be a third of the TTL old when the holder is killed, or a little more because of jitter.
    expect(performance.now() - killedMs).toBeGreaterThan(TTL_MS * 0.6);
    expect(BigInt(next.fence)).toBeGreaterThan(BigInt(fence));
    const story = await locks.audit.listByRecord('cities/1');
    expect(story).toContainEqual(expect.objectContaining({ leaseId, reason: 'expired' }));
    await next.release();
    await close();
  });
});

describe.concurrent('a holder that is frozen for longer than its TTL', () => {
  it('P4: a frozen holder finds its signal aborted when it wakes, and its late write is refused', async () => {
    const { locks, close } = await open('frozen');
    const book = openCounters(counters.port);
    const { child } = await startHolder('frozen');
    child.send({ seal: { counterPort: counters.port, counter: 'cities/1' } });
    expect(await child.next()).toEqual({ read: 0 });
    child.pause();

    const next = await locks.acquire({ holder, records: ['cities/1'], onConflict: 'wait', waitMs: 10_000 });
    const read = await book.seal('cities/1', next.fence);
    expect(read).toBe(0);
    child.send({ write: 1 });
    child.resume();
    expect(await child.next()).toEqual({ isLost: true, isWritten: false });
    expect(await book.write('cities/1', next.fence, 1)).toBe(true);
    expect(await book.seal('cities/1', next.fence)).toBe(1);

    await next.release();
    await child.kill('SIGKILL');
    book.close();
    await close();
  });
});

describe.concurrent('clients that compete for records while some of them are killed and frozen', () => {
  it('P1, P3, P5: no promise is broken while holders are killed and frozen', async () => {
    const run = await runFaults(['killHolder', 'freezeHolder', 'killHolder'], { seed: 1 });
    expect(run.violations).toEqual([]);
  });
});
