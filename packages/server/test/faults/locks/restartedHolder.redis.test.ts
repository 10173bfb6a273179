import type { Holder, RecordKey } from '@rowlock/protocol';
import { startRedis, until } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import { createLocks } from '../../../src/locks/locks.ts';
import { openCommands } from '../../../src/redis/connection.ts';

// In a file of its own, apart from competing clients: a holder whose event loop is blocked for long rightly loses its lease.
const TTL_MS = 3_000;
const RESTART_GRACE_MS = 4_000;
const request = { records: ['cities/1'] as RecordKey[], ttlMs: TTL_MS };
const holderOf = (name: string): Holder => ({
  type: 'task',
  id: name,
  label: name,
  actor: { id: name, name },
});

describe.concurrent.each(['no', 'everysec', 'always'] as const)(
  'with appendonly %s, a Redis that is killed and restarts',
  (appendonly) => {
    it('P1, P5: a living holder keeps its records over a restart of Redis until it releases them', async () => {
      const redis = await startRedis({ appendonly });
      const open = async (name: string) => {
        const connection = openCommands(redis.url);
        const locks = createLocks({
          redis: connection,
          namespace: 'restart',
          recovery: { graceMs: RESTART_GRACE_MS },
        });
        await locks.start();
        const close = async () => {
          await locks.close();
          connection.disconnect();
        };
        return { locks, close, holder: holderOf(name) };
      };
      const owner = await open('owner');
      const rival = await open('rival');
      // The rival was there before the restart. If a new process comes first, it cannot know that anything was lost.
      await (await rival.locks.acquire({ holder: rival.holder, records: ['cities/3'] })).release();
      const lease = await owner.locks.acquire({ ...request, holder: owner.holder });
      const fence = BigInt(lease.fence);

      await redis.kill();
      await redis.restart();
      // The rival asks from the first moment, again and again, until the restart grace is over.
      const answers = new Set<string>();
      await until(
        async () => {
          const answer: unknown = await rival.locks
            .acquire({ ...request, holder: rival.holder })
            .catch((error) => error);
          answers.add(answer instanceof Error ? answer.name : 'acquired');
          return answers.has('ConflictError') || answers.has('acquired');
        },
        { timeoutMs: 20_000, intervalMs: 2 },
      );
      expect(answers).not.toContain('acquired');
      expect(lease.signal.aborted).toBe(false);

      // Others acquire free records when the restart grace is over, with fences above all earlier ones.
      const free = await rival.locks.acquire({ holder: rival.holder, records: ['cities/2'], ttlMs: TTL_MS });
      expect(BigInt(free.fence)).toBeGreaterThan(fence);
      expect(BigInt(free.fence)).toBeGreaterThan(BigInt(lease.fence));
      await lease.release();
      const next = await rival.locks.acquire({ holder: rival.holder, records: ['cities/1'] });
      expect(BigInt(next.fence)).toBeGreaterThan(BigInt(lease.fence));
      await owner.close();
      await rival.close();
      await redis.stop();
    }, 40_000);
  },
);
