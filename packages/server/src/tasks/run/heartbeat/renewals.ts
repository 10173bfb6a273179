/** The heartbeat thread's connection to Redis, by which it renews leases. Loaded and connected on first use. */
import { Job, Queue } from 'bullmq';
import { openCommands, type RedisTarget } from '../../../redis/connection.ts';
import { keysOf } from '../../../redis/keys.ts';
import { createAttemptStore } from '../../store/attemptStore.ts';
import { QUEUE_NAME } from '../../store/queue.ts';
import type { SharedAttempt } from './sharedAttempts.ts';

export interface Renewals {
  /** False if the attempt may no longer act. @throws {UnavailableError} */
  renew(attempt: SharedAttempt, lockDurationMs: number): Promise<boolean>;
  close(): void;
}

export async function openRenewals(target: RedisTarget, namespace: string): Promise<Renewals> {
  const redis = openCommands(target);
  await redis.connect().catch(() => {});
  const keys = keysOf(namespace);
  const attempts = createAttemptStore(redis, keys);
  const queue = new Queue(QUEUE_NAME, { connection: redis, prefix: keys.bullPrefix, skipMetasUpdate: true });
  queue.on('error', () => {});
  return {
    async renew({ taskId, leaseId, secret, token }, lockDurationMs) {
      if ((await attempts.heartbeat({ taskId, leaseId, secret })) === 'lost') return false;
      // If another worker has got the job, its attempt supersedes this one.
      await new Job(queue, '', {}, {}, taskId).extendLock(token, lockDurationMs);
      return true;
    },
    close() {
      redis.disconnect();
      queue.close().catch(() => {});
    },
  };
}
