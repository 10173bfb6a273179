/** What an application may listen to: every change of leases and tasks of the namespace, in the order of the log. */
import type { LeaseEnd, LeaseId, LeaseView, TaskView } from '@rowlock/protocol';
import type { LogEntry } from './log/entry.ts';
import type { Logger } from './logger.ts';
import type { TaskStore } from './tasks/taskStore.ts';

export interface RowlockHooks {
  leaseAcquired?(lease: LeaseView): void | Promise<void>;
  leaseEnded?(ended: { leaseId: LeaseId; reason: LeaseEnd }): void | Promise<void>;
  /** A task's state has changed; where it changed several times at once, only the newest may be told */
  taskChanged?(task: TaskView): void | Promise<void>;
}

/** A hook that fails is reported and holds up nothing. */
export async function callHooks(
  hooks: RowlockHooks | undefined,
  entries: readonly LogEntry[],
  store: TaskStore,
  logger: Logger,
): Promise<void> {
  if (!hooks) return;
  for (const entry of entries) {
    try {
      switch (entry.kind) {
        case 'acquired':
          await hooks.leaseAcquired?.(entry.lease);
          break;
        case 'released':
          await hooks.leaseEnded?.({ leaseId: entry.leaseId, reason: entry.reason });
          break;
        case 'task': {
          const task = hooks.taskChanged && (await store.get(entry.taskId));
          if (task) await hooks.taskChanged?.(task);
          break;
        }
        case 'epoch':
          break;
      }
    } catch (error) {
      logger.error(
        `a hook failed for the entry ${entry.cursor} (${entry.kind}); it is not called again for it`,
        error,
      );
    }
  }
}
