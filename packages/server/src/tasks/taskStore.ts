/** Tasks in Redis: each verb is one script, and decides by what is written there and nothing else. */
import type { TaskProgress, TaskState, TaskView } from '@rowlock/protocol';
import type { Redis } from 'ioredis';
import { asRowlockError } from '../redis/connection.ts';
import type { Keys } from '../redis/keys.ts';
import { script } from '../redis/scripts.ts';
import { readView, VIEW_FIELDS } from './taskHash.ts';

export type FinalState = Extract<TaskState, 'completed' | 'failed' | 'cancelled'>;

/** What entitles somebody to end a task. */
export type EndProof =
  /** the running attempt itself */
  | { by: 'attempt'; secret: string }
  /** an observer who saw the lease's heartbeat stand still; undefined where the lease is gone */
  | { by: 'observer'; heartbeat: number | undefined }
  /** the queue: the job never started and never will */
  | { by: 'queue' };

export interface TaskEnd {
  state: FinalState;
  error?: string;
  /** JSON */
  result?: string;
  progress?: TaskProgress;
}

export interface TaskStore {
  /** False where it has ended before, or the proof does not hold. */
  end(taskId: string, proof: EndProof, end: TaskEnd): Promise<boolean>;
  get(taskId: string): Promise<TaskView | undefined>;
  getMany(taskIds: readonly string[]): Promise<TaskView[]>;
}

export function createTaskStore(redis: Redis, keys: Keys): TaskStore {
  const load = (name: string) => script(redis, keys.prefix, new URL(`./lua/${name}.lua`, import.meta.url));
  const scripts = {
    end: load('end'),
  };

  async function read<T>(command: () => Promise<T>): Promise<T> {
    try {
      return await command();
    } catch (error) {
      throw asRowlockError(error);
    }
  }

  async function getMany(taskIds: readonly string[]): Promise<TaskView[]> {
    if (taskIds.length === 0) return [];
    const pipeline = redis.pipeline();
    for (const id of taskIds) pipeline.hmget(keys.task(id), ...VIEW_FIELDS);
    const replies = (await read(() => pipeline.exec())) ?? [];
    return replies.flatMap(([error, values], i) => {
      if (error) throw asRowlockError(error);
      return readView(taskIds[i]!, values as (string | null)[]) ?? [];
    });
  }

  return {
    async end(taskId, proof, { state, error = '', result = '', progress }) {
      const text =
        proof.by === 'attempt' ? proof.secret : proof.by === 'observer' ? String(proof.heartbeat ?? '') : '';
      const reply = await scripts.end(
        taskId,
        proof.by,
        text,
        state,
        error,
        result,
        progress ? JSON.stringify(progress) : '',
      );
      return reply === 1;
    },

    async get(taskId) {
      return (await getMany([taskId]))[0];
    },

    getMany,
  };
}
