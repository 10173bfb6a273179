/**
 * A thread of a worker that beats for its attempts while the worker's event loop is busy, and keeps their jobs in the
 * queue: a task that computes without a pause is not taken for dead. It stops when the loop has hung for too long, by
 * this thread's own clock. While the loop turns it does nothing, not even connect.
 */
import { workerData } from 'node:worker_threads';
import type { RedisTarget } from '../../redis/connection.ts';
import { watchForHang } from './hang.ts';
import { openSharedAttempts, processClockMs } from './sharedAttempts.ts';
import type { Beats } from './threadBeats.ts';

export interface ThreadData {
  buffer: SharedArrayBuffer;
  target: RedisTarget;
  namespace: string;
  maxHangMs: number;
  /** For how long a job's lock in the queue is extended */
  lockDurationMs: number;
}

const LOOK_INTERVAL_MS = 250;

const { buffer, target, namespace, maxHangMs, lockDurationMs } = workerData as ThreadData;
const shared = openSharedAttempts(buffer);
const watch = watchForHang({ maxHangMs });
let beats: Promise<Beats> | undefined;
/** By the attempts' numbers: when they were beaten for last, and which are being beaten for */
const lastBeatMs = new Map<number, number>();
const underWay = new Set<number>();

function look(): void {
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
}

setInterval(look, LOOK_INTERVAL_MS);
