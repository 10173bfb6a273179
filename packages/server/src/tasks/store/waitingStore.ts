/** The tasks that wait for their records, in Redis. Each verb is one script. */
import type { Redis } from 'ioredis';
import type { Keys } from '../../redis/keys.ts';
import { script } from '../../redis/scripts.ts';

export interface WaitingStore {
  /**
   * `taskIds`: all waiting tasks, if this process must advance them now. Rounds are counted by all processes. `seen` is the
   * answer of the last call.
   */
  startRound(seen?: string): Promise<{ begun: string; taskIds?: string[] }>;
  /** Renews the position of a task. `acquired`: it holds its records, and its job must be added. `over`: it no longer waits. */
  advance(taskId: string): Promise<'acquired' | 'waiting' | 'over'>;
  /** A waiting task has its records, and its job is in the queue. False if it no longer waits. */
  noteQueued(taskId: string): Promise<boolean>;
}

export function createWaitingStore(redis: Redis, { prefix }: Keys): WaitingStore {
  const load = (name: string) => script(redis, prefix, new URL(`./lua/${name}.lua`, import.meta.url));
  const scripts = {
    startRound: load('startRound'),
    advance: load('advanceWaiting'),
    noteQueued: load('noteQueued'),
  };

  return {
    async startRound(seen = '') {
      const [begun, taskIds] = (await scripts.startRound(seen)) as [string, string[]?];
      return { begun, ...(taskIds && { taskIds }) };
    },

    async advance(taskId) {
      return ((await scripts.advance(taskId)) as ['acquired' | 'waiting' | 'over'])[0];
    },

    noteQueued: async (taskId) => (await scripts.noteQueued(taskId)) === 1,
  };
}
