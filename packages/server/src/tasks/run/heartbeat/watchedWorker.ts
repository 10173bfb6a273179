/** One worker in the heartbeat thread: renews the leases of its attempts while its event loop is busy. */
import type { RedisTarget } from '../../../redis/connection.ts';
import { watchForHang } from './hang.ts';
import type { Renewals } from './renewals.ts';
import { openSharedAttempts, processClockMs } from './sharedAttempts.ts';

/** All that the thread needs to know of a worker. */
export interface WorkerToWatch {
  buffer: SharedArrayBuffer;
  target: RedisTarget;
  namespace: string;
  maxHangMs: number;
  /** For how long a job's lock in the queue is extended */
  lockDurationMs: number;
}

export interface WatchedWorker {
  look(): void;
  close(): void;
}

export function watchWorker({
  buffer,
  target,
  namespace,
  maxHangMs,
  lockDurationMs,
}: WorkerToWatch): WatchedWorker {
  const shared = openSharedAttempts(buffer);
  const watch = watchForHang({ maxHangMs });
  /** Loaded and connected on first use */
  let renewals: Promise<Renewals> | undefined;
  /** By the attempts' numbers: when the last heartbeat was sent, and which heartbeats are unanswered */
  const lastRenewalMs = new Map<number, number>();
  const underWay = new Set<number>();

  return {
    look() {
      if (watch.look(shared.stampSeen(), processClockMs()) !== 'busy') {
        lastRenewalMs.clear();
        return;
      }
      renewals ??= import('./renewals.ts').then(({ openRenewals }) => openRenewals(target, namespace));
      for (const { slot, number, attempt } of shared.all()) {
        const nowMs = processClockMs();
        const lastMs = lastRenewalMs.get(number);
        const isDue = lastMs === undefined || nowMs - lastMs >= attempt.ttlMs / 3;
        if (!isDue || underWay.has(number)) continue;
        underWay.add(number);
        renewals
          .then(async ({ renew }) => {
            const sentMs = processClockMs();
            if (await renew(attempt, lockDurationMs)) {
              shared.noteAlive(slot, sentMs);
              lastRenewalMs.set(number, sentMs);
            } else shared.noteLost(slot, number);
          })
          // Redis cannot be reached. The next look tries again.
          .catch(() => {})
          .finally(() => underWay.delete(number));
      }
    },
    close() {
      renewals?.then((open) => open.close()).catch(() => {});
    },
  };
}
