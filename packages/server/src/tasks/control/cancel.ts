/** Asking a task to stop, with its children: at once where nobody runs it, else as soon as its run takes notice. */
import { type Actor, isFinal, type TaskState, type TaskView } from '@rowlock/protocol';
import type { Clock } from '../../clock.ts';
import { assertDuration } from '../../durations.ts';
import { RowlockError } from '../../errors.ts';
import type { Permissions } from '../../permissions.ts';
import type { TaskChanges } from '../read/taskChanges.ts';
import type { LaunchStore } from '../store/launchStore.ts';
import type { TaskQueue } from '../store/queue.ts';
import type { TaskStore } from '../store/taskStore.ts';
import type { WaitingTasks } from '../upkeep/waitingTasks.ts';

/** What is not settled by then is on its way for another reason: its job is run now, or Redis is slow. */
const ON_ITS_WAY_MS = 2_000;
const LOOK_AGAIN_MS = 50;

export interface CancelOptions {
  actor: Actor;
  /**
   * How long to wait for the end that acknowledges it, in ms. Default 0: the request is on its way. `Infinity` waits
   * without an end
   */
  waitMs?: number;
}

export type Cancel = (taskId: string, options: CancelOptions) => Promise<TaskView>;

export function createCancel(deps: {
  store: TaskStore;
  launches: LaunchStore;
  queue: TaskQueue;
  waitingTasks: WaitingTasks;
  changes: TaskChanges;
  permissions: Permissions;
  clock: Clock;
}): Cancel {
  const { store, launches, queue, waitingTasks, changes, permissions, clock } = deps;

  /** Ends what nobody runs now; who dies between removing and ending leaves a job that vanished, and the request. */
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
        return (await launches.endCancelled(taskId)) ? 'ended' : 'on its way';
      case 'running':
        return 'runs';
      default:
        return 'ended';
    }
  }

  /**
   * A task is on its way where its state has changed and its job not yet: a failed attempt's job is with its worker until
   * the queue has been told, and one that has waited gets its job now.
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
    if (!task) throw new RowlockError('not_found', `No task ${taskId} is known; it may be long gone.`);
    await permissions.require({ actor, action: 'cancel', task });
    const requested = await launches.requestCancel(taskId);
    if (!requested || isFinal(requested.state)) return (await store.get(taskId)) ?? task;
    for (const child of await store.getMany(requested.children)) await endSoon(child.id, child.state);
    await endSoon(taskId, requested.state);
    return changes.untilEnded((await store.get(taskId)) ?? task, waitMs);
  };
}
