/**
 * The heartbeat of a running attempt. It shows that a worker runs the task, and carries the reports of the run. The answer
 * says whether the task must stop.
 */
import type { Clock } from '../../../clock.ts';
import type { Logger } from '../../../logger.ts';
import type { AttemptSecret, AttemptStore } from '../../store/attemptStore.ts';
import type { ProgressMeter } from '../progressMeter.ts';
import type { RunReports } from '../runReports.ts';

/** The interval at which progress, records and log lines are written. The first progress after a pause of this long is written at once. */
const FLUSH_INTERVAL_MS = 250;

/** The heartbeat thread's part for an attempt: it renews the lease while the event loop is busy. */
export interface ThreadHeartbeat {
  /** When its last successful heartbeat was sent, by `clock`. Undefined if it has sent no heartbeat */
  lastAliveMs(): number | undefined;
  /** Whether it has found that the lease is lost */
  isLost(): boolean;
}

export interface AttemptHeartbeat {
  /** Sends a heartbeat now, even without reports: the task may have to stop. */
  nudge(): void;
  /** No more heartbeats; resolves when the last one has been answered. */
  stop(): Promise<void>;
}

export function startAttemptHeartbeat(options: {
  store: AttemptStore;
  secret: AttemptSecret;
  ttlMs: number;
  meter: ProgressMeter;
  reports: RunReports;
  threadHeartbeat?: ThreadHeartbeat | undefined;
  clock: Clock;
  logger: Logger;
  stop(why: 'cancelled' | 'lease lost'): void;
}): AttemptHeartbeat {
  const { store, secret, ttlMs, meter, reports, threadHeartbeat, clock, logger, stop } = options;
  let lastAliveMs = clock.nowMs();
  let isNudged = false;
  let hasStopped = false;
  let renewing: Promise<void> | undefined;

  async function renew(): Promise<void> {
    const beforeMs = clock.nowMs();
    const said = { progress: meter.read(beforeMs), reports: reports.take() };
    const isDue = isNudged || beforeMs - lastAliveMs >= ttlMs / 3;
    if (!said.progress) meter.onNextReport(() => setImmediate(tick));
    if (!said.progress && !said.reports && !isDue) return;
    isNudged = false;
    const reply = await store.heartbeat(secret, said);
    if (reply === 'lost') return stop('lease lost');
    reports.written();
    lastAliveMs = beforeMs;
    if (reply === 'cancel') stop('cancelled');
  }

  function tick(): void {
    if (hasStopped) return;
    lastAliveMs = Math.max(lastAliveMs, threadHeartbeat?.lastAliveMs() ?? 0);
    // This does not wait for Redis. If no heartbeat has succeeded for the TTL by this process's own clock, another worker
    // may run the task by now (P4).
    if (threadHeartbeat?.isLost() || clock.nowMs() - lastAliveMs >= ttlMs) stop('lease lost');
    renewing ??= renew()
      .catch((error: unknown) =>
        logger.warn(`task ${secret.taskId}: a heartbeat failed. The next one follows soon`, error),
      )
      .finally(() => {
        renewing = undefined;
        if (isNudged) tick();
      });
  }

  const cancelTimer = clock.every(FLUSH_INTERVAL_MS, tick);
  return {
    nudge() {
      isNudged = true;
      tick();
    },
    async stop() {
      hasStopped = true;
      cancelTimer();
      await renewing;
    },
  };
}
