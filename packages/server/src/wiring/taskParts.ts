/** The parts that launch, read and settle tasks. Nothing of them runs before the start. */
import type { RowlockOptions } from '../rowlockOptions.ts';
import type { TaskDefinition } from '../tasks/definition/defineTask.ts';
import { createTaskChanges } from '../tasks/read/taskChanges.ts';
import { type AttemptStore, createAttemptStore } from '../tasks/store/attemptStore.ts';
import { createLaunchStore, type LaunchStore } from '../tasks/store/launchStore.ts';
import { openQueue, type TaskQueue } from '../tasks/store/queue.ts';
import { createTaskStore, type TaskStore } from '../tasks/store/taskStore.ts';
import { createTasks, type TasksInside } from '../tasks/tasks.ts';
import { createWaitingTasks, type WaitingTasks } from '../tasks/upkeep/waitingTasks.ts';
import type { Foundation } from './foundation.ts';

export interface TaskParts {
  definitions: ReadonlyMap<string, TaskDefinition>;
  store: TaskStore;
  attempts: AttemptStore;
  launches: LaunchStore;
  queue: TaskQueue;
  waitingTasks: WaitingTasks;
  inside: TasksInside;
}

export function createTaskParts(foundation: Foundation, tasks: RowlockOptions['tasks'] = []): TaskParts {
  const { connections, redis, keys, locks, clock } = foundation;
  const definitions = new Map(tasks.map((task) => [task.name, task]));
  const store = createTaskStore(redis, keys);
  const attempts = createAttemptStore(redis, keys);
  const queue = openQueue(connections.queue, keys);
  const launches = createLaunchStore(redis, keys, queue.redis);
  const waitingTasks = createWaitingTasks({ ...foundation, launches, queue });
  const inside = createTasks({
    ...foundation,
    registry: locks.registry,
    audit: locks.audit,
    changes: createTaskChanges({ store, clock, log: foundation.log }),
    definitions,
    store,
    attempts,
    launches,
    queue,
    waitingTasks,
  });
  return { definitions, store, attempts, launches, queue, waitingTasks, inside };
}
