/** Limits the time of calls on the queue, and turns their errors into those of Rowlock. */
import type { Redis } from 'ioredis';
import { UnavailableError } from '../../errors.ts';
import { askRedis } from '../../redis/askRedis.ts';

const LIMIT_MS = 3_000;

/** @throws {UnavailableError} if Redis did not answer in time. The call may have had its effect */
export type QueueCall = <T>(answer: Promise<T>) => Promise<T>;

/** `redis`: the connection of the queue. */
export const createQueueCall =
  (redis: Redis): QueueCall =>
  (answer) =>
    // A ready connection has its own limit for each command. For any other, BullMQ would wait.
    askRedis(() => (redis.status === 'ready' ? answer : inTime(answer)));

async function inTime<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new UnavailableError(new Error('The queue did not answer in time. Try again.'))),
      LIMIT_MS,
    );
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
