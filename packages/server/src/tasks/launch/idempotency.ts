/**
 * One key, one task. A launch in one step writes key and task together. One that takes several steps reserves the key
 * first; who comes meanwhile waits for its task. Where the launcher died, the reservation is taken over.
 */
import type { Clock } from '../../clock.ts';
import type { LaunchStore } from '../store/launchStore.ts';
import type { TaskStore } from '../store/taskStore.ts';

/** Longer than any launch takes: even a large claim begins again eight times at most. */
const RESERVATION_MS = 10_000;
const LOOK_INTERVAL_MS = 50;

/**
 * Waits until a reservation has become a task or is gone. True where it stood for too long, as this process's own clock
 * saw it in successful looks: its launcher is dead, and it may be taken over by compare-and-set.
 */
export async function isReservationAbandoned(
  { launches, store, clock }: { launches: LaunchStore; store: TaskStore; clock: Clock },
  idem: string,
  taskId: string,
): Promise<boolean> {
  const deadlineMs = clock.nowMs() + RESERVATION_MS;
  for (;;) {
    if ((await launches.findKeyHolder(idem)) !== taskId || (await store.get(taskId))) return false;
    if (clock.nowMs() >= deadlineMs) return true;
    await new Promise<void>((resolve) => clock.after(LOOK_INTERVAL_MS, resolve));
  }
}
