/** All subscribers of a process, each on its own: one that fails or hangs holds up no other. */

import type { LogEntry, ProgressEntry } from '../changeLog/entry.ts';
import type { Clock } from '../clock.ts';
import type { Logger } from '../logger.ts';
import type { TaskStore } from '../tasks/store/taskStore.ts';
import type { PositionStore } from './positionStore.ts';
import type { SubscriberStatus, Subscribers } from './subscriber.ts';
import { createSubscriberRunner } from './subscriberRunner.ts';

export interface SubscriberHandles extends SubscriberStatus {
  /** Resolves when each set has its place: what happens from then on is told. */
  begin(): Promise<void>;
  /** The log or the progress stream has news. Never waits. */
  tell(entries: readonly LogEntry[], progress: readonly ProgressEntry[]): void;
  /** Redis is back after it was away. Never waits. */
  lookAgain(): void;
  /** Waits for the calls in hand, 3 s at most; what had not ended then is called again, here or elsewhere. */
  close(): Promise<void>;
}

export function createSubscribers(
  sets: Subscribers,
  parts: { positions: PositionStore; store: TaskStore; clock: Clock; logger: Logger },
): SubscriberHandles {
  const runners = Object.entries(sets).map(([name, set]) => createSubscriberRunner({ name, set, ...parts }));
  return {
    async begin() {
      await Promise.all(runners.map((runner) => runner.begin()));
    },
    tell(entries, progress) {
      for (const runner of runners) {
        if (entries.length > 0) runner.nudge();
        for (const { taskId, at } of progress) runner.progressed(taskId, at);
      }
    },
    lookAgain() {
      for (const runner of runners) runner.lookAgain();
    },
    status: () => Promise.all(runners.map((runner) => runner.status())),
    async close() {
      await Promise.all(runners.map((runner) => runner.close()));
    },
  };
}
