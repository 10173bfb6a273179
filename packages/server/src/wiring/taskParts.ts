/** The parts that launch, read and settle tasks. Nothing of them runs before the start. */
import type { RowlockOptions } from '../rowlockOptions.ts';
import type { TaskDefinition } from '../tasks/definition/defineTask.ts';
import { createTaskChanges } from '../tasks/read/taskChanges.ts';
import { type AttemptStore, createAttemptStore } from '../tasks/store/attemptStore.ts';
import { createCancelStore } from '../tasks/store/cancelStore.ts';
import { createIdempotencyKeys } from '../tasks/store/idempotencyKeys.ts';
import { createLaunchStore } from '../tasks/store/launchStore.ts';
import { openQueue, type TaskQueue } from '../tasks/store/queue.ts';
import { createStoredJobs } from '../tasks/store/storedJobs.ts';
import { createTaskStore, type TaskStore } from '../tasks/store/taskStore.ts';
import { createWaitingStore } from '../tasks/store/waitingStore.ts';
import { createTasks, type TasksInside } from '../tasks/tasks.ts';
import { createWaitingTasks, type WaitingTasks } from '../tasks/upkeep/waitingTasks.ts';
import type { Foundation } from './foundation.ts';

export interface TaskParts {
  definitions: ReadonlyMap<string, TaskDefinition>;
  store: TaskStore;
  attempts: AttemptStore;
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
  const jobs = createStoredJobs(redis, keys);
  const waitingTasks = createWaitingTasks({
    ...foundation,
    store: createWaitingStore(redis, keys),
    jobs,
    queue,
  });
  const inside = createTasks({
    ...foundation,
    registry: locks.registry,
    audit: locks.audit,
    changes: createTaskChanges({ store, clock, log: foundation.log }),
    definitions,
    store,
    attempts,
    launches: createLaunchStore(redis, keys, queue.redis),
    idempotencyKeys: createIdempotencyKeys(redis, keys),
    cancels: createCancelStore(redis, keys),
    jobs,
    queue,
    waitingTasks,
  });
  return { definitions, store, attempts, queue, waitingTasks, inside };
}
