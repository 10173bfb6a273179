/** The tasks that tabs launch on the server in memory. */
import {
  type Actor,
  CONFLICT_SAMPLE_SIZE,
  isFinal,
  type Launched,
  type Preview,
  type TaskView,
} from '@rowlock/protocol';
import type { ClientClock } from '../core/clock.ts';
import type { MemoryLease } from './memoryLease.ts';
import type { MemoryLedger } from './memoryLedger.ts';
import type { MemoryTaskDefinitions, PlannedLaunch } from './memoryTaskDefinitions.ts';
import type { MemoryTasks } from './memoryTasks.ts';
import type { MemoryWaitList } from './memoryWaitList.ts';
import { badRequest, Refusal } from './refusal.ts';

export interface LaunchRequest {
  actor: Actor;
  onConflict: 'refuse' | 'skip' | 'wait';
  waitMs: number | undefined;
  delayMs: number | undefined;
  key: string | undefined;
  tags: readonly string[];
  /** A lease of the launching tab, which becomes the task's */
  lease: MemoryLease | undefined;
  retryOf?: string;
}

export class MemoryLaunches {
  readonly #clock: ClientClock;
  readonly #ledger: MemoryLedger;
  readonly #tasks: MemoryTasks;
  readonly #waits: MemoryWaitList;
  readonly #definitions: MemoryTaskDefinitions;
  readonly #launches = new Map<string, PlannedLaunch>();
  readonly #taskOfKey = new Map<string, string>();

  constructor(options: {
    clock: ClientClock;
    ledger: MemoryLedger;
    tasks: MemoryTasks;
    waits: MemoryWaitList;
    definitions: MemoryTaskDefinitions;
  }) {
    this.#clock = options.clock;
    this.#ledger = options.ledger;
    this.#tasks = options.tasks;
    this.#waits = options.waits;
    this.#definitions = options.definitions;
  }

  /** A launch with the input of an ended task. @throws {Refusal} `bad_request`, `forbidden` */
  planRetry(actor: Actor, task: TaskView, onlyFailed: boolean): PlannedLaunch {
    if (!isFinal(task.state))
      throw badRequest(`The task is ${task.state}: it has not ended. Cancel it first.`);
    if (task.state === 'completed' && !onlyFailed) {
      throw badRequest('The task has completed, so there is nothing to retry. Launch it again.');
    }
    const former = this.#launches.get(task.id);
    const again =
      former && this.#definitions.has(former.name)
        ? this.#definitions.plan(actor, former.name, former.input)
        : former;
    const launch: PlannedLaunch = again ?? {
      name: task.name,
      input: undefined,
      label: task.label,
      mode: 'exclusive',
      supportsPartial: true,
      tags: task.tags ?? [],
      records: this.#tasks.recordsOf(task.id),
    };
    if (!onlyFailed) return launch;
    const failed = this.#tasks.failedRecordsOf(task.id);
    if (failed.length === 0) throw badRequest('No row of the task has failed, so there is nothing to retry.');
    if (!launch.supportsPartial) throw badRequest(`"${task.name}" cannot be run for some of its rows.`);
    return { ...launch, records: failed };
  }

  /** The task that this user has launched with the key. */
  findLaunched(actor: Actor, name: string, key: string | undefined): Launched | undefined {
    const taskId = key === undefined ? undefined : this.#taskOfKey.get(keyOf(actor, name, key));
    const task = taskId === undefined ? undefined : this.#ledger.tasks.get(taskId);
    return task && { task, ...NO_CONFLICTS };
  }

  preview(actor: Actor, { records, mode, label }: PlannedLaunch): Preview {
    const { conflicts, available } = this.#ledger.examine(records, mode, { actor });
    return {
      recordCount: records.length,
      records: records.slice(0, CONFLICT_SAMPLE_SIZE),
      freeCount: available.length,
      conflicts,
      label,
    };
  }

  /** @throws {Refusal} `conflict`, `bad_request` */
  launch(launch: PlannedLaunch, request: LaunchRequest): Launched {
    const { key, lease, onConflict } = request;
    assertOptions(launch, request);
    const { conflicts, blocked, available } = this.#ledger.examine(launch.records, launch.mode, {
      actor: request.actor,
      replaces: lease,
    });
    const skipsAll = onConflict === 'skip' && available.length === 0;
    if (blocked.size > 0 && (onConflict === 'refuse' || skipsAll)) {
      const message = `${blocked.size} of the ${launch.records.length} records are held by others. Wait until they are free.`;
      throw new Refusal({ code: 'conflict', message, conflicts });
    }
    const mustWait = blocked.size > 0 && onConflict === 'wait';
    const task = mustWait
      ? this.#wait(launch, request)
      : this.#start({ ...launch, records: available }, request);
    this.#launches.set(task.id, launch);
    if (key !== undefined) this.#taskOfKey.set(keyOf(request.actor, launch.name, key), task.id);
    if (blocked.size === 0) return { task, ...NO_CONFLICTS };
    const skipped = mustWait ? [] : [...blocked];
    return {
      task,
      skipped,
      conflicts: mustWait ? conflicts.slice(0, CONFLICT_SAMPLE_SIZE) : conflicts,
      conflictCount: conflicts.length,
    };
  }

  #start(launch: PlannedLaunch, request: LaunchRequest): TaskView {
    return this.#tasks.start(this.#newTask(launch, request));
  }

  #wait(launch: PlannedLaunch, request: LaunchRequest): TaskView {
    const { id, leaseId } = this.#tasks.wait(this.#newTask(launch, request));
    if (request.waitMs !== undefined) this.#waits.limitTask(id, leaseId, request.waitMs);
    // Sets its position.
    this.#waits.advance();
    return this.#ledger.tasks.get(id)!;
  }

  #newTask({ name, label, tags, records, mode }: PlannedLaunch, request: LaunchRequest) {
    const { actor, delayMs = 0, lease, retryOf } = request;
    const allTags = [...new Set([...tags, ...request.tags])];
    const createdAt = this.#clock.now();
    return {
      createdAt,
      name,
      label,
      records,
      mode,
      actor,
      state: 'queued' as const,
      attempt: 0,
      startedAt: undefined,
      ...(allTags.length > 0 && { tags: allTags }),
      ...(delayMs > 0 && { notBefore: createdAt + delayMs }),
      ...(retryOf !== undefined && { retryOf }),
      ...(lease && { leaseId: lease.view.id }),
    };
  }
}

const keyOf = (actor: Actor, name: string, key: string): string => JSON.stringify([actor.id, name, key]);

const NO_CONFLICTS = { skipped: [], conflicts: [], conflictCount: 0 };

function assertOptions(
  { name, supportsPartial }: PlannedLaunch,
  { onConflict, waitMs, lease }: LaunchRequest,
): void {
  if (waitMs !== undefined && onConflict !== 'wait') {
    throw badRequest("waitMs says how long to wait, and this launch does not wait. Add onConflict: 'wait'.");
  }
  if (lease && onConflict === 'wait') {
    throw badRequest(
      "Waiting while holding a lease can deadlock. Launch with 'refuse' or 'skip', or release the lease first.",
    );
  }
  if (onConflict === 'skip' && !supportsPartial) {
    throw badRequest(`"${name}" cannot be launched for some of its records.`);
  }
}
