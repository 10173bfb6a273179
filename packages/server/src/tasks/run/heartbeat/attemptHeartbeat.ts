/**
 * The heartbeat of a running attempt: says that somebody works on the task, and with it what the run has to say. Learns
 * in turn that the task is to stop.
 */
import type { Clock } from '../../../clock.ts';
import type { Logger } from '../../../logger.ts';
import type { AttemptSecret, AttemptStore } from '../../store/attemptStore.ts';
import type { ProgressMeter } from '../progressMeter.ts';
import type { RunReports } from '../runReports.ts';

/** Progress, rows and log lines are written at most so often. */
const FLUSH_INTERVAL_MS = 250;

/** What beats in this process's stead while its event loop is busy. */
export interface ThreadHeartbeat {
  /** When the last of its beats was sent that succeeded, by `clock`; undefined where there was none */
  lastAliveMs(): number | undefined;
  /** Whether it has learnt that the lease is lost */
  isLost(): boolean;
}

export interface AttemptHeartbeat {
  /** A heartbeat now, whether or not there is something to say: somebody may have asked the task to stop. */
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
    // Without waiting for Redis to say so: if no beat has succeeded for the TTL on this process's own clock, somebody
    // else may work on the task by now (P4).
    if (threadHeartbeat?.isLost() || clock.nowMs() - lastAliveMs >= ttlMs) stop('lease lost');
    renewing ??= renew()
      .catch((error: unknown) => logger.warn(`task ${secret.taskId}: a heartbeat did not get through`, error))
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
