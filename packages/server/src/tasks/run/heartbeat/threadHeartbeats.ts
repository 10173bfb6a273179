/** The worker's side of the heartbeat thread: stamps the event loop, and shows the thread which attempts run. */
import type { Clock } from '../../../clock.ts';
import type { Logger } from '../../../logger.ts';
import type { RedisTarget } from '../../../redis/connection.ts';
import type { StartedAttempt } from '../../store/attemptStore.ts';
import type { ThreadHeartbeat } from './attemptHeartbeat.ts';
import { watchFromThread } from './processThread.ts';
import { openSharedAttempts, processClockMs, sharedBytesFor } from './sharedAttempts.ts';

const STAMP_INTERVAL_MS = 100;

export interface ThreadHeartbeats {
  /**
   * Undefined if the thread cannot serve the attempt, which then sends its heartbeats alone. `token` is that of its job's
   * lock.
   */
  watch(started: StartedAttempt, token: string): (ThreadHeartbeat & { end(): void }) | undefined;
  close(): void;
}

export function startThreadHeartbeats(options: {
  target: RedisTarget;
  namespace: string;
  /** Attempts at once */
  concurrency: number;
  maxHangMs: number;
  lockDurationMs: number;
  clock: Clock;
  logger: Logger;
}): ThreadHeartbeats {
  const { target, namespace, concurrency, maxHangMs, lockDurationMs, clock, logger } = options;
  const shared = openSharedAttempts(new SharedArrayBuffer(sharedBytesFor(concurrency)));
  const warn = (cause: unknown) =>
    logger.warn(
      'the heartbeat thread does not run, so a task that computes for more than about 10 s without a pause may lose its ' +
        'lease. The usual causes are Redis options that are not plain data, and bundlers that leave its file out',
      cause,
    );
  let stopWatching = () => {};
  try {
    const { buffer } = shared;
    stopWatching = watchFromThread({ buffer, target, namespace, maxHangMs, lockDurationMs }, warn);
  } catch (error) {
    warn(error);
  }
  const stopStamping = clock.every(STAMP_INTERVAL_MS, shared.stamp);

  return {
    watch({ secret, ttlMs }, token) {
      const place = shared.occupy({ ...secret, token, ttlMs });
      if (!place) return undefined;
      const { slot, number } = place;
      return {
        lastAliveMs() {
          const atMs = shared.lastAliveMs(slot);
          // The two clocks differ by a constant.
          return atMs === undefined ? undefined : clock.nowMs() - (processClockMs() - atMs);
        },
        isLost: () => shared.isLost(slot, number),
        end: () => shared.vacate(slot),
      };
    },
    close() {
      stopStamping();
      stopWatching();
    },
  };
}
