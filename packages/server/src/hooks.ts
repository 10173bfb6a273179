/**
 * What an application may listen to: changes of leases and tasks of the namespace, in the order of the log, from the time
 * on at which this process follows it. What happens while the connection to Redis is lost is not told afterwards.
 */
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

export interface HookCaller {
  /** Never waits: hooks are called one after the other, in the order of the log, apart from everything else. */
  tell(entries: readonly LogEntry[]): void;
}

/** Entries that may wait for hooks that are slow; what comes beyond is not told to them. */
const MAX_WAITING = 10_000;

/** A hook that fails is reported, and holds up nothing; one that is slow holds up other hooks alone. */
export function createHookCaller(hooks: RowlockHooks, store: TaskStore, logger: Logger): HookCaller {
  const waiting: LogEntry[] = [];
  let isCalling = false;
  let isOverrun = false;

  async function callAll(): Promise<void> {
    isCalling = true;
    for (let entry = waiting.shift(); entry; entry = waiting.shift()) {
      try {
        await call(entry);
      } catch (error) {
        const what = `${entry.kind} at ${entry.cursor}`;
        logger.error(`a hook failed for ${what}, and is not called again for it`, error);
      }
    }
    isCalling = false;
    isOverrun = false;
  }

  async function call(entry: LogEntry): Promise<void> {
    switch (entry.kind) {
      case 'acquired':
        return hooks.leaseAcquired?.(entry.lease);
      case 'released':
        return hooks.leaseEnded?.({ leaseId: entry.leaseId, reason: entry.reason });
      case 'task': {
        const task = hooks.taskChanged && (await store.get(entry.taskId));
        return task && hooks.taskChanged?.(task);
      }
      case 'waiting':
      case 'extended':
      case 'freed':
      case 'transferred':
      case 'epoch':
    }
  }

  return {
    tell(entries) {
      const room = MAX_WAITING - waiting.length;
      if (entries.length > room && !isOverrun) {
        isOverrun = true;
        logger.error(
          `hooks are more than ${MAX_WAITING} entries behind; they are not told of what comes now`,
        );
      }
      for (const entry of entries.slice(0, room)) waiting.push(entry);
      if (!isCalling) void callAll();
    },
  };
}
