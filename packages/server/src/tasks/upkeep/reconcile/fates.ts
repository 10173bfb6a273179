/** Reads the fates of the jobs of suspected tasks. */
import type { Clock } from '../../../clock.ts';
import type { JobFate, TaskQueue } from '../../store/queue.ts';
import { inSteps } from './inSteps.ts';
import type { OpenTask } from './sight.ts';

/** The time between two reads of the queue while nothing is suspected. A longer queue is read less often. */
const RECHECK_MS = 4_000;
const RECHECK_MS_PER_TASK = 1;
const AT_ONCE = 50;

/** `isForced`: reads the queue even if it was read recently. */
export type ReadFates = (
  suspects: readonly OpenTask[],
  options: { isForced: boolean },
) => Promise<Map<string, JobFate>>;

/** Reads all unfinished jobs at once, then each job that is not among them. A burst of suspects costs no more calls. */
export function createFateReader(queue: TaskQueue, clock: Clock): ReadFates {
  let readAtMs = Number.NEGATIVE_INFINITY;
  return async (suspects, { isForced }) => {
    const fates = new Map<string, JobFate>();
    if (suspects.length === 0) return fates;
    const recheckMs = Math.max(RECHECK_MS, suspects.length * RECHECK_MS_PER_TASK);
    if (!isForced && clock.nowMs() - readAtMs < recheckMs) return fates;
    readAtMs = clock.nowMs();
    const open = await queue.unfinished();
    await inSteps(suspects, AT_ONCE, async ({ id }) => {
      fates.set(id, open.has(id) ? { kind: 'open' } : await queue.getFate(id));
    });
    return fates;
  };
}
