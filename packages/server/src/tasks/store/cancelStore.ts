/** Cancel requests, in Redis. Each verb is one script. */
import type { TaskState } from '@rowlock/protocol';
import type { Redis } from 'ioredis';
import type { Keys } from '../../redis/keys.ts';
import { script } from '../../redis/scripts.ts';

export interface CancelStore {
  /** Undefined if the task is unknown. */
  request(taskId: string): Promise<{ state: TaskState; children: string[] } | undefined>;
  /** Ends a task whose job was removed from the queue. False if it runs or has ended. */
  end(taskId: string): Promise<boolean>;
}

export function createCancelStore(redis: Redis, { prefix }: Keys): CancelStore {
  const cancel = script(redis, prefix, new URL('./lua/cancel.lua', import.meta.url));
  const endUnstarted = script(redis, prefix, new URL('./lua/endUnstarted.lua', import.meta.url));

  return {
    async request(taskId) {
      const reply = (await cancel(taskId)) as [TaskState, string[]] | null;
      return reply ? { state: reply[0], children: reply[1] } : undefined;
    },

    end: async (taskId) => (await endUnstarted(taskId, 'cancelled', '', 0)) === 1,
  };
}
