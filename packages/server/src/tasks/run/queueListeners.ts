/** Listens to a BullMQ worker: logs its errors, and learns which jobs it has lost. */
import type { Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { UnavailableError } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import { asRowlockError } from '../../redis/connection.ts';
import { onConnection } from '../../redis/connectionEvents.ts';

/** Returns a function that stops listening to the connection. */
export function listenToQueue(
  worker: Worker,
  options: { redis: Redis; logger: Logger; onJobLost(jobId: string): void },
): () => void {
  const { redis, logger, onJobLost } = options;
  // Logged once for each outage: BullMQ reports every attempt to reconnect.
  let isTroubled = false;
  const stopListening = onConnection(redis, 'ready', () => {
    isTroubled = false;
  });
  worker.on('error', (error) => {
    const cause = asRowlockError(error);
    if (!(cause instanceof UnavailableError)) logger.warn('the task worker reports', cause);
    else if (!isTroubled)
      logger.warn('the task worker cannot reach its queue. It continues when it can', cause);
    isTroubled ||= cause instanceof UnavailableError;
  });
  // BullMQ renews by job id alone. Without this, a run continues after another worker has got its job.
  worker.on('lockRenewalFailed', (ids) => {
    for (const id of ids) onJobLost(id);
  });
  return stopListening;
}
