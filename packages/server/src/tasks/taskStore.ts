/** Tasks in Redis: each verb is one script, and decides by what is written there and nothing else. */
import type { LeaseProof, TaskProgress, TaskState, TaskView } from '@rowlock/protocol';
import type { Redis } from 'ioredis';
import { asRowlockError } from '../redis/connection.ts';
import type { Keys } from '../redis/keys.ts';
import { script } from '../redis/scripts.ts';
import { readTask, type TaskHash } from './taskHash.ts';

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
  /** False where the lease is not in force any more. */
  create(taskId: string, lease: LeaseProof, fields: Record<string, string | number>): Promise<boolean>;
  /** False where it has ended before, or the proof does not hold. */
  end(taskId: string, proof: EndProof, end: TaskEnd): Promise<boolean>;
  /** Undefined where the task is not known. */
  requestCancel(taskId: string): Promise<TaskState | undefined>;
  get(taskId: string): Promise<TaskView | undefined>;
  getMany(taskIds: readonly string[]): Promise<TaskView[]>;
  /** Newest first. */
  list(limit: number): Promise<TaskView[]>;
}

export function createTaskStore(redis: Redis, keys: Keys): TaskStore {
  const load = (name: string) => script(redis, keys.prefix, new URL(`./lua/${name}.lua`, import.meta.url));
  const scripts = {
    create: load('create'),
    end: load('end'),
    cancel: load('cancel'),
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
    for (const id of taskIds) pipeline.hgetall(keys.task(id));
    const replies = (await read(() => pipeline.exec())) ?? [];
    return replies.flatMap(([error, hash], i) => {
      if (error) throw asRowlockError(error);
      return readTask(taskIds[i]!, hash as TaskHash) ?? [];
    });
  }

  return {
    async create(taskId, { leaseId, secret }, fields) {
      return (await scripts.create(taskId, leaseId, secret, ...Object.entries(fields).flat())) === 1;
    },

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

    async requestCancel(taskId) {
      return ((await scripts.cancel(taskId)) as TaskState | null) ?? undefined;
    },

    async get(taskId) {
      return (await getMany([taskId]))[0];
    },

    getMany,

    async list(limit) {
      return getMany(await read(() => redis.zrevrange(keys.tasks, 0, limit - 1)));
    },
  };
}
