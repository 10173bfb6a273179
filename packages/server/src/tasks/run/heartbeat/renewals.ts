/** What the heartbeat thread says to Redis: loaded and connected when it is needed for the first time. */
import { Job, Queue } from 'bullmq';
import { openCommands, type RedisTarget } from '../../../redis/connection.ts';
import { keysOf } from '../../../redis/keys.ts';
import { createAttemptStore } from '../../store/attemptStore.ts';
import { QUEUE_NAME } from '../../store/queue.ts';
import type { SharedAttempt } from './sharedAttempts.ts';

export interface Renewals {
  /** False where the attempt may not act any more. @throws {UnavailableError} */
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
      // Where the job has been given to another, that one's start makes this attempt a late one.
      await new Job(queue, '', {}, {}, taskId).extendLock(token, lockDurationMs);
      return true;
    },
    close() {
      redis.disconnect();
      queue.close().catch(() => {});
    },
  };
}
