/** How many tasks ended in each minute, for a small chart. Pure. */
import type { TaskView } from '@rowlock/protocol';

export const THROUGHPUT_MINUTES = 30;
const MINUTE_MS = 60_000;

/** Oldest minute first; the last one has not passed yet. `nowMs`: Unix time by the server's clock. */
export function getThroughput(tasks: readonly TaskView[], nowMs: number): readonly number[] {
  const lastMinute = Math.floor(nowMs / MINUTE_MS);
  const counts = Array.from({ length: THROUGHPUT_MINUTES }, () => 0);
  for (const { endedAt } of tasks) {
    if (endedAt === undefined) continue;
    const index = THROUGHPUT_MINUTES - 1 - (lastMinute - Math.floor(endedAt / MINUTE_MS));
    if (index >= 0 && index < THROUGHPUT_MINUTES) counts[index]! += 1;
  }
  return counts;
}
