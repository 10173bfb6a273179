/** The task workers of this process: each starts when Rowlock has started, and ends with it. */
import { plainTarget, type RedisTarget } from '../redis/connection.ts';
import { createStartUp, type StartUp } from '../redis/startUp.ts';
import { startWorker, type TaskWorker, type WorkerOptions } from '../tasks/run/worker.ts';
import type { Foundation } from './foundation.ts';
import type { TaskParts } from './taskParts.ts';

export interface Workers {
  start(options?: WorkerOptions): Promise<TaskWorker>;
  /** Gives up the starts that wait for Redis, and stops the workers. Runs that do not end go back to the queue. */
  close(): Promise<void>;
}

export function createWorkers(
  foundation: Foundation,
  { inside, ...taskParts }: TaskParts,
  { target, started }: { target: RedisTarget; started(): Promise<void> },
): Workers {
  const { clock, connections, locks, logger, log } = foundation;
  const { launchChild, ...runningHere } = inside;
  const workers: TaskWorker[] = [];
  const starts = new Set<StartUp>();
  let isClosed = false;

  // A task that is asked to stop learns it now, not with its next heartbeat.
  log.register({
    name: 'workers',
    phase: 'tasks',
    onEntries(entries) {
      for (const entry of entries) {
        if (entry.kind !== 'task' || entry.event !== 'cancelRequested') continue;
        for (const worker of [...workers, runningHere]) worker.nudge(entry.taskId);
      }
    },
  });

  return {
    async start(options) {
      let worker: TaskWorker | undefined;
      const start = createStartUp({
        what: 'A task worker',
        async begin() {
          await started();
          if (isClosed) return;
          const redis = { openWorker: connections.openWorker, target: plainTarget(target) };
          const parts = { ...foundation, ...taskParts, ...redis, registry: locks.registry, launchChild };
          worker = await startWorker({ ...parts, isClosed: () => isClosed }, options);
          // Rowlock was closed meanwhile, and `close` did not know this worker.
          if (isClosed) await worker.close(0);
        },
        clock,
        logger,
      });
      starts.add(start);
      if (isClosed) start.close();
      await start.started().finally(() => starts.delete(start));
      workers.push(worker!);
      return worker!;
    },

    async close() {
      isClosed = true;
      for (const start of starts) start.close();
      await Promise.all([...workers, runningHere].map((worker) => worker.close()));
    },
  };
}
