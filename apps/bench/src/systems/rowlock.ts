import { createLockRegistry, createLocks, type Holder, type Locks, type RecordKey } from '@rowlock/server';
import { Redis } from 'ioredis';
import { type LockSystem, TTL_MS } from './lockSystem.ts';

const NAMESPACE = 'bench';

export const HOLDER: Holder = {
  type: 'person',
  id: 'bench',
  label: 'Bench',
  actor: { id: 'bench', name: 'Bench' },
};
const SUCCESSOR: Holder = { ...HOLDER, type: 'task', id: 'bench-task' };

/** Longer than any run, so that no holder gives up. */
const PATIENCE_MS = 60_000;

/** Rowlock's registry. `clearUp` runs the sweeper, which usually runs in the background. */
export const rowlock: LockSystem = {
  name: 'rowlock',
  async open({ redisUrl }) {
    const redis = new Redis(redisUrl);
    const registry = createLockRegistry({ redis, namespace: NAMESPACE });
    let locks: Locks | undefined;
    let started: Promise<void> | undefined;
    return {
      async acquire(ids) {
        const records = ids.map((id): RecordKey => `cities/${id}`);
        const { id: leaseId, secret: first } = await registry.acquire({
          holder: HOLDER,
          records,
          ttlMs: TTL_MS,
        });
        let secret = first;
        return {
          async renew() {
            await registry.renew({ leaseId, secret });
          },
          async transfer() {
            ({ secret } = await registry.transfer({ leaseId, secret }, { holder: SUCCESSOR }));
          },
          async release() {
            await registry.release({ leaseId, secret });
          },
        };
      },
      async clearUp() {
        while (await registry.sweep());
      },
      contender(holderId) {
        locks ??= createLocks({ redis, namespace: NAMESPACE });
        started ??= locks.start();
        const { acquire } = locks;
        const holder: Holder = { ...HOLDER, id: holderId };
        return {
          async lock(id) {
            await started;
            const lease = await acquire({
              holder,
              records: [`cities/${id}`],
              onConflict: 'wait',
              waitMs: PATIENCE_MS,
            });
            return () => lease.release();
          },
        };
      },
      async close() {
        await locks?.close();
        await redis.quit();
      },
    };
  },
};
