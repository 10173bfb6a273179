/** All subscribers of a process. They are independent: one that fails or hangs delays no other. */

import type { LogConsumers } from '../changeLog/consumers.ts';
import type { Clock } from '../clock.ts';
import type { Logger } from '../logger.ts';
import type { TaskStore } from '../tasks/store/taskStore.ts';
import type { PositionStore } from './positionStore.ts';
import type { SubscriberStatus, Subscribers } from './subscriber.ts';
import { createSubscriberRunner } from './subscriberRunner.ts';

export interface SubscriberHandles extends SubscriberStatus {
  /** Resolves when each subscriber has a stored position. It receives everything from then on. */
  begin(): Promise<void>;
  /** Waits at most 3 s for running calls. Calls that have not ended by then are repeated, here or elsewhere. */
  close(): Promise<void>;
}

export function createSubscribers(
  subscribers: Subscribers,
  {
    log,
    ...parts
  }: { positions: PositionStore; store: TaskStore; clock: Clock; logger: Logger; log: LogConsumers },
): SubscriberHandles {
  const runners = Object.entries(subscribers).map(([name, subscriber]) =>
    createSubscriberRunner({ name, subscriber, ...parts }),
  );
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
