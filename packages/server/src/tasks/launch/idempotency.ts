/**
 * One idempotency key, one task. A launch in one step stores key and task together. A launch in several steps reserves the
 * key first, and other launches with this key wait for its task. If the launcher crashes, another launch takes the
 * reservation over.
 */
import type { Clock } from '../../clock.ts';
import type { IdempotencyKeys } from '../store/idempotencyKeys.ts';
import type { TaskStore } from '../store/taskStore.ts';

/** Longer than any launch: even for many records it makes at most eight attempts. */
const RESERVATION_MS = 10_000;
const LOOK_INTERVAL_MS = 50;

/**
 * Waits until a reservation has become a task or is gone. True if it stays too long, by this process's own clock and
 * successful reads. Then its launcher has crashed, and it may be taken over by compare-and-set.
 */
export async function isReservationAbandoned(
  { idempotencyKeys, store, clock }: { idempotencyKeys: IdempotencyKeys; store: TaskStore; clock: Clock },
  idem: string,
  taskId: string,
): Promise<boolean> {
  const deadlineMs = clock.nowMs() + RESERVATION_MS;
  for (;;) {
    if ((await idempotencyKeys.findHolder(idem)) !== taskId || (await store.get(taskId))) return false;
    if (clock.nowMs() >= deadlineMs) return true;
    await new Promise<void>((resolve) => clock.after(LOOK_INTERVAL_MS, resolve));
  }
}
