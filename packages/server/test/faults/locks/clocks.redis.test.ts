import type { Holder } from '@rowlock/protocol';
import { startRedis } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import { ConflictError } from '../../../src/errors.ts';
import { createLocks } from '../../../src/locks/locks.ts';
import { openCommands } from '../../../src/redis/connection.ts';
import { runFaults } from './runFaults.ts';

const holderOf = (name: string): Holder => ({
  type: 'task',
  id: name,
  label: name,
  actor: { id: name, name },
});

describe.concurrent.each([
  { jump: 'a minute ahead', jumpMs: 60_000 },
  { jump: 'an hour back', jumpMs: -3_600_000 },
])("the wall clock of Redis's host jumps $jump", ({ jumpMs }) => {
  it('P5, P7: a lease expires neither earlier nor later if the wall clock jumps', async () => {
    const redis = await startRedis({ clock: 'adjustable' });
    const connection = openCommands(redis.url);
    const locks = createLocks({ redis: connection, namespace: 'clock' });
    await locks.start();
    // Far less than the jump, and longer than a busy machine needs between two renewals.
    const held = await locks.acquire({ holder: holderOf('living'), records: ['cities/1'], ttlMs: 10_000 });
    // Nobody renews this lease.
    const silent = { holder: holderOf('silent'), records: ['cities/2'] as const, ttlMs: 2_000 };
    const silentSinceMs = performance.now();
    const { fence } = await locks.registry.acquire(silent);
    redis.jumpClock(jumpMs);

    const refusal = locks.acquire({ holder: holderOf('other'), records: ['cities/1', 'cities/2'] });
    await expect(refusal).rejects.toBeInstanceOf(ConflictError);
    // An observer that looks once a second has seen no heartbeat for 2 s after 4 s at most. By the clock that went back, it
    // would take an hour.
    const next = await locks.acquire({
      holder: holderOf('other'),
      records: ['cities/2'],
      onConflict: 'wait',
      waitMs: 20_000,
    });
    expect(performance.now() - silentSinceMs).toBeGreaterThanOrEqual(2_000);
    expect(BigInt(next.fence)).toBeGreaterThan(BigInt(fence));
    expect(held.signal.aborted).toBe(false);
    await locks.close();
    connection.disconnect();
    await redis.stop();
  });
});

describe.concurrent('clients that compete for records while the clock jumps and Redis restarts', () => {
  it('P1, P3, P5: no promise is broken while the clock jumps and Redis restarts', async () => {
    const faults = ['jumpAhead', 'killRedis', 'jumpBack', 'killRedis'] as const;
    const run = await runFaults(faults, { seed: 6, appendonly: 'everysec', isClockAdjustable: true });
    expect(run.violations).toEqual([]);
  });
});
