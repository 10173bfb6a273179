/** Asking a task to stop, with its children: at once where nobody runs it, else as soon as its run takes notice. */
import { type Actor, isFinal, type TaskState, type TaskView } from '@rowlock/protocol';
import { RowlockError } from '../errors.ts';
import type { Permissions } from '../permissions.ts';
import type { LaunchStore } from './launchStore.ts';
import type { TaskQueue } from './queue.ts';
import type { TaskChanges } from './taskChanges.ts';
import type { TaskStore } from './taskStore.ts';
import type { WaitingTender } from './waitingTender.ts';

export interface CancelOptions {
  actor: Actor;
  /** How long to wait for the end that acknowledges it, in ms. Default 0: the request is on its way */
  waitMs?: number;
}

export type Cancel = (taskId: string, options: CancelOptions) => Promise<TaskView>;

export function createCancel(deps: {
  store: TaskStore;
  launches: LaunchStore;
  queue: TaskQueue;
  tender: WaitingTender;
  changes: TaskChanges;
  permissions: Permissions;
}): Cancel {
  const { store, launches, queue, tender, changes, permissions } = deps;

  /** Ends what nobody runs now; who dies between removing and ending leaves a job that vanished, and the request. */
  async function endUnlessRunning(taskId: string, state: TaskState): Promise<void> {
    if (state === 'waiting') await tender.tend(taskId);
    else if (state === 'queued' || state === 'retrying') {
      if (await queue.remove(taskId)) await launches.endCancelled(taskId);
    }
  }

  return async (taskId, { actor, waitMs = 0 }) => {
    const task = await store.get(taskId);
    if (!task) throw new RowlockError('not_found', `No task ${taskId} is known; it may be long gone.`);
    await permissions.require({ actor, action: 'cancel', task });
    const requested = await launches.requestCancel(taskId);
    if (!requested || isFinal(requested.state)) return (await store.get(taskId)) ?? task;
    for (const child of await store.getMany(requested.children))
      await endUnlessRunning(child.id, child.state);
    await endUnlessRunning(taskId, requested.state);
    return changes.untilEnded((await store.get(taskId)) ?? task, waitMs);
  };
}
