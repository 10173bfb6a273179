/**
 * The heartbeat of a running attempt: says that somebody works on the task, and with it what the run has to say. Learns
 * in turn that the task is to stop.
 */
import type { Clock } from '../../../clock.ts';
import type { Logger } from '../../../logger.ts';
import type { AttemptProof, AttemptStore } from '../../store/attemptStore.ts';
import type { ProgressMeter } from '../progressMeter.ts';
import type { RunReports } from '../runReports.ts';

/** Progress, rows and log lines are written at most so often. */
const FLUSH_INTERVAL_MS = 250;

/** What beats in this process's stead while its event loop is busy. */
export interface StandIn {
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
  proof: AttemptProof;
  ttlMs: number;
  meter: ProgressMeter;
  reports: RunReports;
  standIn?: StandIn | undefined;
  clock: Clock;
  logger: Logger;
  tellToStop(why: 'cancelled' | 'lease lost'): void;
}): AttemptHeartbeat {
  const { store, proof, ttlMs, meter, reports, standIn, clock, logger, tellToStop } = options;
  let lastAliveMs = clock.nowMs();
  let isNudged = false;
  let hasStopped = false;
  let beating: Promise<void> | undefined;

  async function beat(): Promise<void> {
    const beforeMs = clock.nowMs();
    const said = { progress: meter.read(beforeMs), reports: reports.take() };
    const isDue = isNudged || beforeMs - lastAliveMs >= ttlMs / 3;
    if (!said.progress && !said.reports && !isDue) return;
    isNudged = false;
    const reply = await store.beat(proof, said);
    if (reply === 'lost') return tellToStop('lease lost');
    reports.written();
    lastAliveMs = beforeMs;
    if (reply === 'cancel') tellToStop('cancelled');
  }

  function tick(): void {
    if (hasStopped) return;
    lastAliveMs = Math.max(lastAliveMs, standIn?.lastAliveMs() ?? 0);
    // Without waiting for Redis to say so: if no beat has succeeded for the TTL on this process's own clock, somebody
    // else may work on the task by now (P4).
    if (standIn?.isLost() || clock.nowMs() - lastAliveMs >= ttlMs) tellToStop('lease lost');
    beating ??= beat()
      .catch((error: unknown) => logger.warn(`task ${proof.taskId}: a heartbeat did not get through`, error))
      .finally(() => {
        beating = undefined;
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
      await beating;
    },
  };
}
