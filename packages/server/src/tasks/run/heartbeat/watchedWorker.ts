/** What the heartbeat thread does for one worker: it watches the worker's event loop, and beats for its attempts while it hangs. */
import type { RedisTarget } from '../../../redis/connection.ts';
import { watchForHang } from './hang.ts';
import { openSharedAttempts, processClockMs } from './sharedAttempts.ts';
import type { Beats } from './threadBeats.ts';

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
  /** Loaded and connected when it is needed for the first time */
  let beats: Promise<Beats> | undefined;
  /** By the attempts' numbers: when the last heartbeat was sent, and which are being sent */
  const lastBeatMs = new Map<number, number>();
  const underWay = new Set<number>();

  return {
    look() {
      if (watch.look(shared.stampSeen(), processClockMs()) !== 'busy') {
        lastBeatMs.clear();
        return;
      }
      beats ??= import('./threadBeats.ts').then(({ openBeats }) => openBeats(target, namespace));
      for (const { slot, number, attempt } of shared.all()) {
        const nowMs = processClockMs();
        const lastMs = lastBeatMs.get(number);
        const isDue = lastMs === undefined || nowMs - lastMs >= attempt.ttlMs / 3;
        if (!isDue || underWay.has(number)) continue;
        underWay.add(number);
        beats
          .then(async ({ beat }) => {
            const sentMs = processClockMs();
            if (await beat(attempt, lockDurationMs)) {
              shared.noteAlive(slot, sentMs);
              lastBeatMs.set(number, sentMs);
            } else shared.noteLost(slot, number);
          })
          // Redis is away: the next look tries again.
          .catch(() => {})
          .finally(() => underWay.delete(number));
      }
    },
    close() {
      beats?.then((open) => open.close()).catch(() => {});
    },
  };
}
