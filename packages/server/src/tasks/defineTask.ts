/** A kind of background work: what it takes, which records it will touch, and what it does. */
import type { Actor, LockMode, RecordKey } from '@rowlock/protocol';
import type { z } from 'zod';

export interface TaskProgressReporter {
  /** Units of work in all */
  total(units: number): void;
  /** Units done since the last call. Default 1. Free to call in a tight loop */
  advance(units?: number): void;
  /** What is being done now: "Reading rows" */
  stage(text: string): void;
  message(text: string): void;
}

export interface TaskContext {
  taskId: string;
  actor: Actor;
  /** Every record that the task's lease covers */
  records: readonly RecordKey[];
  /** The fencing token of this attempt, as decimal digits: a database write that checks it keeps a late one out */
  fence: string;
  /** 1, 2, …: a run begins again from the start after its worker was killed, so it must be idempotent */
  attempt: number;
  /** Aborts on cancel, on a lost lease and on shutdown; `signal.reason` says why. Check it between batches */
  signal: AbortSignal;
  progress: TaskProgressReporter;
}

export interface TaskSpec<Input extends z.ZodType, Result> {
  /** Unique; lower-case words with hyphens: `normalise-names` */
  name: string;
  /** For people to read: "Normalise names · France". Default: the name */
  label?(input: z.output<Input>): string;
  input: Input;
  /** Default `exclusive` */
  mode?: LockMode;
  /** Everything that the task will touch, dependants too. Asked once, before the task is launched */
  records(
    input: z.output<Input>,
    context: { actor: Actor },
  ): readonly RecordKey[] | Promise<readonly RecordKey[]>;
  /** How often a run that throws is tried in all. Default 1. A killed worker's run is continued regardless */
  attempts?: number;
  /** The pause before another try, in ms. Default 1,000 */
  backoffMs?: number;
  /** The answer is shown to everyone who sees the task: JSON of at most 16 KiB */
  run(context: TaskContext, input: z.output<Input>): Promise<Result> | Result;
}

export type TaskDefinition<Input extends z.ZodType = z.ZodType, Result = unknown> = Readonly<
  TaskSpec<Input, Result>
>;

const NAME = /^[a-z][a-z0-9-]{0,63}$/;

/** @throws {TypeError} where the name is malformed */
export function defineTask<Input extends z.ZodType, Result>(
  spec: TaskSpec<Input, Result>,
): TaskDefinition<Input, Result> {
  if (!NAME.test(spec.name)) {
    throw new TypeError(
      `Task name ${JSON.stringify(spec.name)} is malformed: use lower-case words with hyphens, such as "normalise-names".`,
    );
  }
  return Object.freeze({ ...spec });
}
