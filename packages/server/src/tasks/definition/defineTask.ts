/** The definition of a task: its input, the records that it locks, and its work. */
import type { Actor, LockMode, LockScope, RecordKey, TaskView } from '@rowlock/protocol';
import { assertDurationSetting, YEAR_MS } from '../../durations.ts';
import { type InputOf, isSchema, type OutputOf, type Schema } from './schema.ts';

/** Cheap enough for a tight loop: progress is written a few times a second, and the last progress always. */
export interface TaskProgressReporter {
  /** The total units of work. Stages with their own totals need no call: their sum counts */
  total(units: number): void;
  /** Units done since the last call. They count for the present stage, too. Default 1 */
  advance(units?: number): void;
  /** The present stage: "Reading rows". With `total` the stage has its own units, which add to the task's total */
  stage(name: string, options?: { total?: number }): void;
  message(text: string): void;
}

export interface TaskContext {
  taskId: string;
  actor: Actor;
  /** Every record to work on: all that the lease covers, or those that were free at launch, or those of a retry */
  records: readonly RecordKey[];
  /** The lease under which it runs, for a guarded table of leases in a database */
  leaseId: string;
  /** The fencing token of this attempt, as decimal digits. A database that checks it rejects late writes */
  readonly fence: string;
  /** 1, 2, … A run is repeated from the start if its worker crashes, so it must be idempotent */
  attempt: number;
  /** Aborts on cancel, on a lost lease and on shutdown; `signal.reason` says why. Check it between batches */
  signal: AbortSignal;
  progress: TaskProgressReporter;
  /** The record is finished. It is released within a second, except the last record, which is released when the task ends */
  recordDone(record: RecordKey): void;
  /** The record has failed, and the task continues. The first 10,000 are stored with their reasons, and all are counted */
  recordFailed(record: RecordKey, error: unknown): void;
  /**
   * Adds records to the task's lease, which raises `fence`. Never waits.
   * @throws {ConflictError} {LeaseLostError}
   */
  extend(records: readonly RecordKey[], options?: { scope?: LockScope }): Promise<void>;
  /** A line in the task's own log: the newest 200 are kept, of at most 500 characters */
  log(text: string): void;
  /**
   * Launches a child task under the lease of this task, which is extended by missing records. The parent ends after its
   * children, and shows their progress with its own. If the run is repeated, it finds the children that it launched before:
   * the n-th launch of each definition is the same child.
   * @throws {ConflictError}
   */
  launch<Input extends Schema, Result>(
    definition: TaskDefinition<Input, Result>,
    input: InputOf<Input>,
  ): Promise<TaskView>;
}

export interface RetryOptions {
  /** The most attempts, 1 to 1,000. Default 1 */
  attempts?: number;
  /** The pause before the next attempt, in ms. Default 1,000 */
  backoffMs?: number;
}

export interface TaskSpec<Input extends Schema, Result, Name extends string = string> {
  /** Unique; lower-case words with hyphens: `normalise-names` */
  name: Name;
  /** The text that users see: "Normalise names · France". Default: the name */
  label?(input: OutputOf<Input>): string;
  /**
   * A schema of zod, valibot, arktype or any other library that implements Standard Schema. It parses values that have come
   * through JSON: with zod, use `z.coerce.date()` or `z.iso.datetime()` for a date, not `z.date()`.
   */
  input: Input;
  /** Default `exclusive` */
  mode?: LockMode;
  /** A schema that parses what `run` returns; everybody sees the parsed value. Default: any JSON */
  result?: Schema<unknown, Result>;
  /**
   * Every record that the task changes, including dependent ones. Called once, before the task is launched. An async
   * generator can yield many records page by page.
   */
  records(
    input: OutputOf<Input>,
    context: { actor: Actor },
  ): readonly RecordKey[] | Promise<readonly RecordKey[]> | AsyncIterable<readonly RecordKey[]>;
  /** `subtree`: each record with all records below it. Default `record` */
  scope?: LockScope;
  /**
   * Whether `run` uses `ctx.records` alone, so that the task can run for some of its records: launched with `onConflict:
   * 'skip'`, or retried for the records that failed. Default false
   */
  supportsPartial?: boolean;
  /** Words for searching the task. Default: no tags */
  tags?(input: OutputOf<Input>): readonly string[];
  /** How often a run that throws is retried. A task whose worker crashed always gets another attempt */
  retry?: RetryOptions;
  /** Everyone who may watch the task sees the result: JSON of at most 16 KiB. A value that JSON does not keep is left out */
  run(context: TaskContext, input: OutputOf<Input>): Promise<Result> | Result;
}

export type TaskDefinition<
  Input extends Schema = Schema,
  Result = unknown,
  Name extends string = string,
> = Readonly<TaskSpec<Input, Result, Name>>;

const NAME = /^[a-z][a-z0-9-]{0,63}$/;

/** @throws {TypeError} if the name or `retry.backoffMs` is malformed, or `input` or `result` is not a schema */
export function defineTask<Input extends Schema, Result, Name extends string = string>(
  spec: TaskSpec<Input, Result, Name>,
): TaskDefinition<Input, Result, Name> {
  if (!NAME.test(spec.name)) {
    throw new TypeError(
      `Task name ${JSON.stringify(spec.name)} is malformed: use lower-case words with hyphens, such as "normalise-names".`,
    );
  }
  for (const field of ['input', 'result'] as const) {
    const schema = spec[field];
    if (isSchema(schema) || (field === 'result' && schema === undefined)) continue;
    throw new TypeError(
      `The ${field} of task "${spec.name}" is not a schema. Pass a schema of zod, valibot, arktype or any other library that ` +
        'implements Standard Schema (https://standardschema.dev).',
    );
  }
  assertDurationSetting(`retry.backoffMs of task "${spec.name}"`, spec.retry?.backoffMs, {
    atMostMs: YEAR_MS,
    isWhole: true,
  });
  return Object.freeze({ ...spec });
}
