/**
 * Advances all waiting tasks in rounds. Each second one process of the namespace does it: the first that sees no new round
 * since its last check. Doing it twice is harmless.
 */
import type { Logger } from '../../logger.ts';
import type { WaitingStore } from '../store/waitingStore.ts';

const AT_ONCE = 20;

/** Checks whether a round is due, and advances all tasks then: one check at a time. Never rejects. */
export type WaitingRound = () => Promise<void>;

export function createWaitingRound({
  store,
  onTasks,
  advance,
  logger,
}: {
  store: Pick<WaitingStore, 'startRound'>;
  /** The tasks that wait at the start of a round */
  onTasks(taskIds: readonly string[]): void;
  advance(taskId: string): Promise<void>;
  logger: Logger;
}): WaitingRound {
  let checking: Promise<void> | undefined;
  let isFailing = false;
  /** Whether some tasks failed in this process's last round */
  let isAnyFailing = false;
  /** The number of rounds, of all processes, at this process's last check */
  let seenRounds: string | undefined;

  async function advanceAll(taskIds: readonly string[]): Promise<void> {
    // A task that keeps failing must not delay the heartbeats of the others, since a position without a heartbeat expires.
    const errors: unknown[] = [];
    for (let start = 0; start < taskIds.length; start += AT_ONCE) {
      const some = taskIds.slice(start, start + AT_ONCE);
      await Promise.all(some.map((id) => advance(id).catch((error: unknown) => errors.push(error))));
    }
    if (errors.length > 0 && !isAnyFailing) {
      const which = `${errors.length} of ${taskIds.length} waiting tasks`;
      logger.warn(`${which} cannot be advanced. This is retried every second`, errors[0]);
    }
    isAnyFailing = errors.length > 0;
  }

  async function check(): Promise<void> {
    try {
      const { begun, taskIds } = await store.startRound(seenRounds);
      seenRounds = begun;
      if (taskIds) {
        onTasks(taskIds);
        await advanceAll(taskIds);
      }
      isFailing = false;
    } catch (error) {
      if (!isFailing) logger.warn('waiting tasks cannot be advanced. This is retried every second', error);
      isFailing = true;
    }
  }

  return () => {
    checking ??= check().finally(() => {
      checking = undefined;
    });
    return checking;
  };
}
