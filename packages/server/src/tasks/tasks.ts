/** Launching, listing and cancelling tasks: the way from an application's request to the queue. */
import { randomUUID } from 'node:crypto';
import type { Actor, Conflict, RecordKey, TaskView } from '@rowlock/protocol';
import type { z } from 'zod';
import { ConflictError, RowlockError } from '../errors.ts';
import { issueInWords } from '../issueInWords.ts';
import type { LockRegistry } from '../locks/lockRegistry.ts';
import { DEFAULT_TTL_MS, type Grant } from '../locks/requests.ts';
import type { Permissions } from '../permissions.ts';
import type { TaskDefinition } from './defineTask.ts';
import type { LaunchOptions } from './launchOptions.ts';
import type { TaskQueue } from './queue.ts';
import type { TaskStore } from './taskStore.ts';

export interface Tasks {
  /**
   * Reserves every record that the task will touch, then enqueues it. Where either fails, no lock stays behind.
   * @throws {ConflictError} with the live progress of the tasks in the way
   * @throws {RowlockError} `bad_request` (input or records), `forbidden`, `unavailable`
   */
  launch<Input extends z.ZodType, Result>(
    definition: TaskDefinition<Input, Result>,
    input: z.input<Input>,
    options: LaunchOptions,
  ): Promise<{ task: TaskView }>;
  get(taskId: string): Promise<TaskView | undefined>;
  /** Newest first. @param options.limit 1 to 1,000, default 100 */
  list(options?: { limit?: number }): Promise<TaskView[]>;
  /**
   * Asks a task to stop: at once where it waits, at its next heartbeat where it runs. A task that has ended stays as
   * it is. @throws {RowlockError} `not_found`, `forbidden`
   */
  cancel(taskId: string, options: { actor: Actor }): Promise<TaskView>;
  /** Adds each holder's task, with its progress, to conflicts that the lock registry reported. */
  explain(conflicts: readonly Conflict[]): Promise<Conflict[]>;
}

export function createTasks(deps: {
  registry: LockRegistry;
  store: TaskStore;
  queue: TaskQueue;
  definitions: ReadonlyMap<string, TaskDefinition>;
  permissions: Permissions;
}): Tasks {
  const { registry, store, queue, definitions, permissions } = deps;
  const assertRecords: Permissions['assertRecords'] = permissions.assertRecords;

  async function explain(conflicts: readonly Conflict[]): Promise<Conflict[]> {
    const ids = conflicts.flatMap(({ lease: { holder } }) => (holder.type === 'task' ? holder.id : []));
    const tasks = new Map((await store.getMany(ids)).map((task) => [task.id, task]));
    return conflicts.map((conflict) => {
      const task = tasks.get(conflict.lease.holder.id);
      return task ? { ...conflict, task } : conflict;
    });
  }

  return {
    async launch(definition, rawInput, { actor }) {
      if (definitions.get(definition.name)?.run !== definition.run) {
        throw new RowlockError(
          'bad_request',
          `Task "${definition.name}" is not among the tasks of createRowlock, so no worker could run it. Add it there.`,
        );
      }
      const input = definition.input.safeParse(rawInput);
      if (!input.success) {
        throw new RowlockError(
          'bad_request',
          `The input of "${definition.name}" is malformed${issueInWords(input.error)}`,
        );
      }
      const records = await allRecords(definition.records(input.data, { actor }));
      if (records.length === 0) {
        throw new RowlockError(
          'bad_request',
          'Nothing matches, so there is nothing to do. Widen the selection.',
        );
      }
      assertRecords(records);
      await permissions.require({ actor, action: 'launch', records, task: { name: definition.name } });

      const taskId = randomUUID();
      const label = (definition.label?.(input.data) ?? definition.name).slice(0, 200);
      const grant = await registry
        .acquire({
          holder: { type: 'task', id: taskId, label, actor },
          records,
          mode: definition.mode ?? 'exclusive',
          ttlMs: DEFAULT_TTL_MS,
          expiry: 'supervised',
        })
        .catch(async (error: unknown) => {
          throw error instanceof ConflictError ? new ConflictError(await explain(error.conflicts)) : error;
        });

      // From here on the records are held. If this process dies, the reconciler finds a lease without a job and ends it.
      const proof = { leaseId: grant.id, secret: grant.secret };
      try {
        const created = await store.create(taskId, proof, {
          name: definition.name,
          label,
          actor: JSON.stringify(actor),
          recordCount: grant.recordCount,
        });
        if (!created)
          throw new RowlockError('lease_lost', 'The locks were lost before the task was written down.');
        await queue.add({
          taskId,
          name: definition.name,
          data: { input: rawInput },
          attempts: definition.attempts ?? 1,
          backoffMs: definition.backoffMs ?? 1_000,
        });
      } catch (error) {
        await rollBack(taskId, proof);
        throw error;
      }
      // Not read again: it has been launched, whether or not Redis can still be asked about it.
      return { task: launched(taskId, definition.name, label, actor, grant) };
    },

    get: (taskId) => store.get(taskId),
    list: ({ limit = 100 } = {}) => store.list(Math.max(1, Math.min(limit, 1_000))),

    async cancel(taskId, { actor }) {
      const task = await store.get(taskId);
      if (!task) throw new RowlockError('not_found', `No task ${taskId} is known; it may be long gone.`);
      await permissions.require({ actor, action: 'cancel', task });
      const state = await store.requestCancel(taskId);
      if ((state === 'queued' || state === 'retrying') && (await queue.remove(taskId))) {
        await store.end(taskId, { by: 'queue' }, { state: 'cancelled' });
      }
      return (await store.get(taskId)) ?? task;
    },

    explain,
  };

  function launched(id: string, name: string, label: string, actor: Actor, grant: Grant): TaskView {
    return {
      id,
      name,
      label,
      actor,
      state: 'queued',
      attempt: 0,
      version: 1,
      createdAt: grant.since,
      recordCount: grant.recordCount,
      leaseId: grant.id,
      progress: { done: 0, total: null },
      attended: true,
      cancelRequested: false,
    };
  }

  /** One page after the other, or all at once; each record once. */
  async function allRecords(given: ReturnType<TaskDefinition['records']>): Promise<readonly RecordKey[]> {
    if (!(Symbol.asyncIterator in given)) return [...new Set(await given)];
    const records = new Set<RecordKey>();
    for await (const page of given) for (const record of page) records.add(record);
    return [...records];
  }

  /** What cannot be rolled back now, because Redis is away, the reconciler settles. */
  async function rollBack(taskId: string, proof: { leaseId: string; secret: string }): Promise<void> {
    const error = 'It could not be put into the queue.';
    const ended = await store.end(taskId, { by: 'queue' }, { state: 'failed', error }).catch(() => true);
    if (!ended) await registry.release(proof, 'vanished').catch(() => {});
  }
}
