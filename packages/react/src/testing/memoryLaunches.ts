/** The tasks that tabs launch on the server in memory. Their definitions say which records a launch locks. */
import {
  type Actor,
  CONFLICT_SAMPLE_SIZE,
  isFinal,
  type Launched,
  type LockMode,
  type Preview,
  type RecordKey,
  type TaskView,
} from '@rowlock/protocol';
import type { ClientClock } from '../core/clock.ts';
import type { MemoryLease, MemoryLedger } from './memoryLedger.ts';
import type { MemoryPermissions } from './memoryPermissions.ts';
import type { MemoryTasks } from './memoryTasks.ts';
import { MemoryWaiters, type PlannedLaunch } from './memoryWaiters.ts';
import { Refusal } from './refusal.ts';

/** A task that tabs may launch: the parts of its definition that show on a screen. It has no run. */
export interface MemoryTask<Input = unknown> {
  /** The records that a launch locks. Throw an error to refuse the input as malformed */
  records(input: Input): readonly RecordKey[];
  /** Default: the name */
  label?(input: Input): string;
  /** Default: no tags */
  tags?(input: Input): readonly string[];
  /** Default `exclusive` */
  mode?: LockMode;
  /** Whether it can be launched for some of its records. Default false */
  supportsPartial?: boolean;
}

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
  readonly #permissions: MemoryPermissions;
  readonly #definitions = new Map<string, MemoryTask>();
  readonly #launches = new Map<string, PlannedLaunch>();
  readonly #taskOfKey = new Map<string, string>();
  readonly #waiters: MemoryWaiters;
  readonly #assertResources: (records: readonly RecordKey[]) => void;

  constructor(options: {
    clock: ClientClock;
    ledger: MemoryLedger;
    tasks: MemoryTasks;
    permissions: MemoryPermissions;
    /** @throws {Refusal} `unknown_resource` */
    assertResources: (records: readonly RecordKey[]) => void;
  }) {
    this.#clock = options.clock;
    this.#ledger = options.ledger;
    this.#tasks = options.tasks;
    this.#permissions = options.permissions;
    this.#assertResources = options.assertResources;
    this.#waiters = new MemoryWaiters(options);
  }

  define(name: string, definition: MemoryTask): void {
    this.#definitions.set(name, definition);
  }

  /** @throws {Refusal} `not_found`, `bad_request`, `forbidden` */
  plan(actor: Actor, name: string, input: unknown): PlannedLaunch {
    const definition = this.#definitions.get(name);
    if (!definition) {
      throw new Refusal({
        code: 'not_found',
        message: `No task with the name "${name}" can be launched here.`,
      });
    }
    const question = { actor, action: 'launch', task: { name } } as const;
    this.#permissions.require(question);
    const { mode = 'exclusive', supportsPartial = false } = definition;
    const records = selectRecords(name, definition, input);
    if (records.length === 0) throw refused('The selection is empty, so there is nothing to do.');
    this.#assertResources(records);
    this.#permissions.require({ ...question, records, input });
    const label = definition.label?.(input) ?? name;
    const tags = definition.tags?.(input) ?? [];
    return { name, input, label, mode, supportsPartial, tags, records };
  }

  /** A launch with the input of an ended task. @throws {Refusal} `bad_request`, `forbidden` */
  planRetry(actor: Actor, task: TaskView, onlyFailed: boolean): PlannedLaunch {
    if (!isFinal(task.state)) throw refused(`The task is ${task.state}: it has not ended. Cancel it first.`);
    if (task.state === 'completed' && !onlyFailed) {
      throw refused('The task has completed, so there is nothing to retry. Launch it again.');
    }
    const former = this.#launches.get(task.id);
    const again =
      former && this.#definitions.has(former.name) ? this.plan(actor, former.name, former.input) : former;
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
    if (failed.length === 0) throw refused('No row of the task has failed, so there is nothing to retry.');
    if (!launch.supportsPartial) throw refused(`"${task.name}" cannot be run for some of its rows.`);
    return { ...launch, records: failed };
  }

  /** The task that this user has launched with the key. */
  findLaunched(actor: Actor, name: string, key: string | undefined): Launched | undefined {
    const taskId = key === undefined ? undefined : this.#taskOfKey.get(keyOf(actor, name, key));
    const task = taskId === undefined ? undefined : this.#ledger.tasks.get(taskId);
    return task && { task, ...NO_CONFLICTS };
  }

  preview(actor: Actor, { records, mode, label }: PlannedLaunch): Preview {
    const { conflicts, blocked } = this.#waiters.examine(records, { mode, actor });
    return {
      recordCount: records.length,
      records: records.slice(0, CONFLICT_SAMPLE_SIZE),
      freeCount: records.length - blocked.size,
      conflicts,
      label,
    };
  }

  /** @throws {Refusal} `conflict`, `bad_request` */
  launch(launch: PlannedLaunch, request: LaunchRequest): Launched {
    const { key, lease, onConflict } = request;
    assertOptions(launch, request);
    const { conflicts, blocked } = this.#waiters.examine(launch.records, {
      mode: launch.mode,
      actor: request.actor,
      ownLeaseId: lease?.view.id,
    });
    const free = launch.records.filter((record) => !blocked.has(record));
    if (blocked.size > 0 && (onConflict === 'refuse' || (onConflict === 'skip' && free.length === 0))) {
      const message = `${blocked.size} of the ${launch.records.length} records are held by others. Wait until they are free.`;
      throw new Refusal({ code: 'conflict', message, conflicts });
    }
    const mustWait = blocked.size > 0 && onConflict === 'wait';
    const task = mustWait ? this.#wait(launch, request) : this.#start({ ...launch, records: free }, request);
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

  /** Records have become free: the tasks that waited for them get them, in the order of their launches. */
  advance(): void {
    this.#waiters.advance();
  }

  #start(launch: PlannedLaunch, request: LaunchRequest): TaskView {
    return this.#tasks.start({
      ...this.#newTask(launch, request),
      records: launch.records,
      mode: launch.mode,
    });
  }

  #wait(launch: PlannedLaunch, request: LaunchRequest): TaskView {
    const recordCount = launch.records.length;
    const { id } = this.#tasks.start({
      ...this.#newTask(launch, request),
      state: 'waiting',
      recordCount,
      mode: launch.mode,
    });
    return this.#waiters.add(id, launch, request.waitMs);
  }

  #newTask({ name, label, tags }: PlannedLaunch, request: LaunchRequest) {
    const { actor, delayMs = 0, lease, retryOf } = request;
    const allTags = [...new Set([...tags, ...request.tags])];
    const createdAt = this.#clock.now();
    return {
      createdAt,
      name,
      label,
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

const refused = (message: string) => new Refusal({ code: 'bad_request', message });

function selectRecords(name: string, definition: MemoryTask, input: unknown): readonly RecordKey[] {
  try {
    return [...new Set(definition.records(input))];
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw refused(`The input of "${name}" is malformed: ${reason}. Correct the input and launch again.`);
  }
}

function assertOptions(
  { name, supportsPartial }: PlannedLaunch,
  { onConflict, waitMs, lease }: LaunchRequest,
): void {
  if (waitMs !== undefined && onConflict !== 'wait') {
    throw refused("waitMs says how long to wait, and this launch does not wait. Add onConflict: 'wait'.");
  }
  if (lease && onConflict === 'wait') {
    throw refused(
      "Waiting while holding a lease can deadlock. Launch with 'refuse' or 'skip', or release the lease first.",
    );
  }
  if (onConflict === 'skip' && !supportsPartial) {
    throw refused(`"${name}" cannot be launched for some of its records.`);
  }
}
