/** A kind of background work: what it takes, which records it will touch, and what it does. */
import type { Actor, LockMode, LockScope, RecordKey, TaskView } from '@rowlock/protocol';
import { assertDurationSetting, YEAR_MS } from '../../durations.ts';
import { type InputOf, isSchema, type OutputOf, type Schema } from './schema.ts';

/** Free to call in a tight loop: what is said is written a few times a second, and the last of it always. */
export interface TaskProgressReporter {
  /** Units of work in all. Stages with totals of their own need no call: their sum counts */
  total(units: number): void;
  /** Units done since the last call, of the present stage too. Default 1 */
  advance(units?: number): void;
  /** What is being done now: "Reading rows". With `total` the stage has units of its own, which add to the task's total */
  stage(name: string, options?: { total?: number }): void;
  message(text: string): void;
}

export interface TaskContext {
  taskId: string;
  actor: Actor;
  /** Every record that the task is to work on: all that its lease covers, or what was free, or the rows of a retry */
  records: readonly RecordKey[];
  /** The lease under which it runs, as a guarded table of leases in a database wants it */
  leaseId: string;
  /** The fencing token of this attempt, as decimal digits: a database write that checks it keeps a late one out */
  readonly fence: string;
  /** 1, 2, …: a run begins again from the start after its worker was killed, so it must be idempotent */
  attempt: number;
  /** Aborts on cancel, on a lost lease and on shutdown; `signal.reason` says why. Check it between batches */
  signal: AbortSignal;
  progress: TaskProgressReporter;
  /** The row is finished: others may have it within a second. The last one is kept until the task has ended */
  recordDone(record: RecordKey): void;
  /** The row could not be done, and the task goes on. The first 10,000 are kept with their reasons, and all are counted */
  recordFailed(record: RecordKey, error: unknown): void;
  /**
   * Adds records to the task's lease; `fence` rises with it. Never waits.
   * @throws {ConflictError} {LeaseLostError}
   */
  extend(records: readonly RecordKey[], options?: { scope?: LockScope }): Promise<void>;
  /** A line in the task's own log: the newest 200 are kept, of at most 500 characters */
  log(text: string): void;
  /**
   * Launches a task under this one's lease, which is extended by what it does not cover. The parent ends after its
   * children have, and shows their progress with its own. Where the run begins again, so does no child that it had
   * launched before: the n-th launch of each definition is the same child.
   * @throws {ConflictError}
   */
  launch<Input extends Schema, Result>(
    definition: TaskDefinition<Input, Result>,
    input: InputOf<Input>,
  ): Promise<TaskView>;
}

export interface RetryOptions {
  /** Attempts in all, 1 to 1,000. Default 1 */
  attempts?: number;
  /** The pause before the next attempt, in ms. Default 1,000 */
  backoffMs?: number;
}

export interface TaskSpec<Input extends Schema, Result> {
  /** Unique; lower-case words with hyphens: `normalise-names` */
  name: string;
  /** For people to read: "Normalise names · France". Default: the name */
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
   * Everything that the task will touch, dependants too. Asked once, before the task is launched. Many records can come
   * page by page, from an async generator.
   */
  records(
    input: OutputOf<Input>,
    context: { actor: Actor },
  ): readonly RecordKey[] | Promise<readonly RecordKey[]> | AsyncIterable<readonly RecordKey[]>;
  /** `subtree`: each record with all that is below it. Default `record` */
  scope?: LockScope;
  /**
   * `run` works on `ctx.records` and goes by nothing else, so that it can be run for some of them: launched with
   * `onConflict: 'skip'`, or again for the rows that failed. Default false
   */
  supportsPartial?: boolean;
  /** Words by which it can be found again. Default none */
  tags?(input: OutputOf<Input>): readonly string[];
  /** How often a run that throws is tried. A task whose worker crashed gets another attempt regardless */
  retry?: RetryOptions;
  /** The answer is shown to everyone who sees the task: JSON of at most 16 KiB. What JSON does not keep is left out */
  run(context: TaskContext, input: OutputOf<Input>): Promise<Result> | Result;
}

export type TaskDefinition<Input extends Schema = Schema, Result = unknown> = Readonly<
  TaskSpec<Input, Result>
>;

const NAME = /^[a-z][a-z0-9-]{0,63}$/;

/** @throws {TypeError} if the name or `retry.backoffMs` is malformed, or `input` or `result` is not a schema */
export function defineTask<Input extends Schema, Result>(
  spec: TaskSpec<Input, Result>,
): TaskDefinition<Input, Result> {
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
