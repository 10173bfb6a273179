/** Cancels a task with its children: at once if no worker runs it, otherwise as soon as its run reacts. */
import { type Actor, isFinal, type TaskState, type TaskView } from '@rowlock/protocol';
import type { Clock } from '../../clock.ts';
import { assertDuration } from '../../durations.ts';
import { RowlockError } from '../../errors.ts';
import type { Permissions } from '../../permissions.ts';
import type { TaskChanges } from '../read/taskChanges.ts';
import type { CancelStore } from '../store/cancelStore.ts';
import type { TaskQueue } from '../store/queue.ts';
import type { TaskStore } from '../store/taskStore.ts';
import type { WaitingTasks } from '../upkeep/waitingTasks.ts';

/** After this time a task may be in transition for another reason: a worker starts its job now, or Redis is slow. */
const ON_ITS_WAY_MS = 2_000;
const LOOK_AGAIN_MS = 50;

export interface CancelOptions {
  actor: Actor;
  /**
   * How long to wait for the task to end, in ms. Default 0: only requests it. `Infinity` waits without a limit
   */
  waitMs?: number;
}

export type Cancel = (taskId: string, options: CancelOptions) => Promise<TaskView>;

export function createCancel(deps: {
  store: TaskStore;
  cancels: CancelStore;
  queue: TaskQueue;
  waitingTasks: WaitingTasks;
  changes: TaskChanges;
  permissions: Permissions;
  clock: Clock;
}): Cancel {
  const { store, cancels, queue, waitingTasks, changes, permissions, clock } = deps;

  /**
   * Ends a task that no worker runs now. If the process crashes after it removed the job, the reconciler finds the request
   * without a job, and ends the task.
   */
  async function endUnlessRunning(
    taskId: string,
    state: TaskState,
  ): Promise<'ended' | 'runs' | 'on its way'> {
    switch (state) {
      case 'waiting':
        await waitingTasks.advance(taskId);
        return 'on its way';
      case 'queued':
      case 'retrying':
        if (!(await queue.remove(taskId))) return 'on its way';
        return (await cancels.end(taskId)) ? 'ended' : 'on its way';
      case 'running':
        return 'runs';
      default:
        return 'ended';
    }
  }

  /**
   * A task is in transition if its state has changed, but its job has not. The job of a failed attempt stays with its worker
   * until the queue has the result. A task that has waited gets its job now.
   */
  async function endSoon(taskId: string, state: TaskState): Promise<void> {
    const deadlineMs = clock.nowMs() + ON_ITS_WAY_MS;
    let now: TaskState | undefined = state;
    while (now && (await endUnlessRunning(taskId, now)) === 'on its way' && clock.nowMs() < deadlineMs) {
      now = (await store.get(taskId))?.state;
      if (now && !isFinal(now) && now !== 'running')
        await new Promise<void>((go) => clock.after(LOOK_AGAIN_MS, go));
    }
  }

  return async (taskId, { actor, waitMs = 0 }) => {
    assertDuration('waitMs', waitMs, { mayBeEndless: true });
    const task = await store.get(taskId);
    if (!task)
      throw new RowlockError(
        'not_found',
        `No task ${taskId} is known. It may have been deleted: ended tasks are kept for a limited time.`,
      );
    await permissions.require({ actor, action: 'cancel', task });
    const requested = await cancels.request(taskId);
    if (!requested || isFinal(requested.state)) return (await store.get(taskId)) ?? task;
    for (const child of await store.getMany(requested.children)) await endSoon(child.id, child.state);
    await endSoon(taskId, requested.state);
    return changes.untilEnded((await store.get(taskId)) ?? task, waitMs);
  };
}
