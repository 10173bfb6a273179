/** The reads and writes of a reconciler. Each write is one script that compares the task with the state that was seen. */
import type { TaskState } from '@rowlock/protocol';
import type { Redis } from 'ioredis';
import { asRowlockError } from '../../../redis/connection.ts';
import type { Keys } from '../../../redis/keys.ts';
import { createHashReader } from '../../../redis/readHashes.ts';
import { script } from '../../../redis/scripts.ts';
import type { TaskEnd } from '../../store/taskStore.ts';
import type { ExpectedTask, WorkerState } from './decide.ts';
import type { OpenTask } from './sight.ts';

const FIELDS = [
  'state',
  'attempt',
  'leaseId',
  'hasWorker',
  'paused',
  'cancelRequested',
  'parentId',
  'runDone',
  'inline',
  'createdAt',
] as const;

export interface ReconcilerStore {
  /** The tasks that have not ended, and ids in their list that have no stored task */
  readOpen(): Promise<{ tasks: OpenTask[]; unknown: string[] }>;
  /** False if the task has changed since. */
  settle(taskId: string, expected: ExpectedTask, end: TaskEnd): Promise<boolean>;
  noteWorker(task: OpenTask, heartbeat: string | undefined, seen: WorkerState): Promise<boolean>;
  /** Returns the ids that were removed from the list. */
  forget(taskIds: readonly string[]): Promise<string[]>;
}

export function createReconcilerStore(redis: Redis, keys: Keys): ReconcilerStore {
  const load = (name: string) =>
    script(redis, keys.prefix, new URL(`../../store/lua/${name}.lua`, import.meta.url));
  const readTasks = createHashReader(redis, keys.prefix, { kind: 'task:', fields: FIELDS });
  const scripts = {
    noteTask: load('noteTask'),
    settle: load('settle'),
    noteWorker: load('noteWorker'),
    forget: load('forget'),
  };

  return {
    async readOpen() {
      const tasks: OpenTask[] = [];
      const unknown: string[] = [];
      try {
        const ids = await redis.smembers(keys.openTasks);
        for (const [i, values] of (await readTasks(ids)).entries()) {
          const task = readOpenTask(ids[i]!, values);
          if (task) tasks.push(task);
          else unknown.push(ids[i]!);
        }
      } catch (error) {
        throw asRowlockError(error);
      }
      return { tasks, unknown };
    },

    async settle(taskId, { state, attempt, heartbeat = '' }, end) {
      // The end notes the rest of the records that the task may have changed.
      while ((await scripts.noteTask(taskId, '', attempt, heartbeat)) === 1);
      return (await scripts.settle(taskId, state, attempt, heartbeat, end.state, end.error ?? '')) === 1;
    },

    async noteWorker(task, heartbeat = '', { hasWorker, isPaused }) {
      const args = [task.id, task.state, heartbeat, hasWorker ? 1 : 0, isPaused ? 1 : 0];
      return (await scripts.noteWorker(...args)) === 1;
    },

    async forget(taskIds) {
      return (await scripts.forget(...taskIds)) as string[];
    },
  };
}

function readOpenTask(id: string, values: readonly string[]): OpenTask | undefined {
  const [state, attempt, leaseId, hasWorker, paused, cancelRequested, parentId, runDone, inline, createdAt] =
    values;
  if (!state || !leaseId) return undefined;
  return {
    id,
    state: state as TaskState,
    attempt: Number(attempt),
    leaseId,
    hasWorker: hasWorker === '1',
    isPaused: paused === '1',
    createdAt: Number(createdAt),
    cancelRequested: cancelRequested === '1',
    ...(parentId && { parentId }),
    isRunDone: runDone === '1',
    isInline: inline === '1',
  };
}
