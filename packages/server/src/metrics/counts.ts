/** Counts of this process: plain numbers, read on demand. */
import type { TaskState } from '@rowlock/protocol';
import type { AcquireOutcome } from '../acquireOutcome.ts';
import type { LogConsumers } from '../changeLog/consumers.ts';
import type { LogEntry } from '../changeLog/entry.ts';
import type { FinalState } from '../tasks/store/taskStore.ts';
import type { ReconcilerAction } from '../tasks/upkeep/reconcile/outcome.ts';

export interface Counts {
  acquires: Record<AcquireOutcome, number>;
  reconcilerActions: Record<ReconcilerAction, number>;
  /** Tasks that have ended anywhere in the namespace, as the change log reports them */
  taskEnds: Record<FinalState, number>;
}

const noCounts = (): Counts => ({
  acquires: { acquired: 0, waiting: 0, conflict: 0, deadlock: 0, refused: 0, unavailable: 0, failed: 0 },
  reconcilerActions: {
    settled: 0,
    expired: 0,
    'worker-back': 0,
    'worker-missing': 0,
    paused: 0,
    resumed: 0,
    forgotten: 0,
  },
  taskEnds: { completed: 0, failed: 0, cancelled: 0 },
});

/** All zero at first. The ends of tasks are counted as the change log reports them. */
export function createCounts(log: LogConsumers): Counts {
  const counts = noCounts();
  log.register({
    name: 'counts of task ends',
    phase: 'metrics',
    onEntries: (entries) => countEnds(counts, entries),
  });
  return counts;
}

const END_EVENTS: ReadonlySet<string> = new Set(['completed', 'failed', 'cancelled'] satisfies TaskState[]);

function countEnds({ taskEnds }: Counts, entries: readonly LogEntry[]): void {
  for (const entry of entries) {
    if (entry.kind === 'task' && END_EVENTS.has(entry.event)) taskEnds[entry.event as FinalState]++;
  }
}
