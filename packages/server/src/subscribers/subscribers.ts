/** All subscribers of a process, each on its own: one that fails or hangs holds up no other. */

import type { LogConsumers } from '../changeLog/consumers.ts';
import type { Clock } from '../clock.ts';
import type { Logger } from '../logger.ts';
import type { TaskStore } from '../tasks/store/taskStore.ts';
import type { PositionStore } from './positionStore.ts';
import type { SubscriberStatus, Subscribers } from './subscriber.ts';
import { createSubscriberRunner } from './subscriberRunner.ts';

export interface SubscriberHandles extends SubscriberStatus {
  /** Resolves when each set has its place: what happens from then on is told. */
  begin(): Promise<void>;
  /** Waits for the calls in hand, 3 s at most; what had not ended then is called again, here or elsewhere. */
  close(): Promise<void>;
}

export function createSubscribers(
  sets: Subscribers,
  {
    log,
    ...parts
  }: { positions: PositionStore; store: TaskStore; clock: Clock; logger: Logger; log: LogConsumers },
): SubscriberHandles {
  const runners = Object.entries(sets).map(([name, set]) => createSubscriberRunner({ name, set, ...parts }));
  // Wakes them only: each reads the log by itself, from its own position.
  log.register({
    name: 'subscribers',
    phase: 'subscribers',
    onEntries(entries, progress) {
      for (const runner of runners) {
        if (entries.length > 0) runner.nudge();
        for (const { taskId, at } of progress) runner.progressed(taskId, at);
      }
    },
    onGap() {
      for (const runner of runners) runner.checkNow();
    },
  });
  return {
    async begin() {
      await Promise.all(runners.map((runner) => runner.begin()));
    },
    status: () => Promise.all(runners.map((runner) => runner.status())),
    async close() {
      await Promise.all(runners.map((runner) => runner.close()));
    },
  };
}
