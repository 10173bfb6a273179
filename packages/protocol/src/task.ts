/** Tasks as others see them. */
import type { Actor, LeaseId } from './lease.ts';
import type { RecordKey } from './recordKey.ts';

/** The states of a task that has not ended, in their usual order. */
export const OPEN_TASK_STATES = [
  /** Waits for its records and holds none of them yet */
  'waiting',
  /** Holds its records and waits for a worker */
  'queued',
  /** A worker runs it, or ran it and has stopped responding */
  'running',
  /** An attempt failed. The task holds its records and waits for the next attempt */
  'retrying',
] as const;

/** The states of a task that has ended. They are final: a task never leaves them. */
export const FINAL_TASK_STATES = [
  /** `run` returned */
  'completed',
  /** The last attempt failed, or the task could not be run. `error` says why */
  'failed',
  /** Somebody asked the task to stop, and it stopped */
  'cancelled',
] as const;

/** Every state of a task. All lists of states, and the table in PROTOCOL.md, come from here. */
export const TASK_STATES = [...OPEN_TASK_STATES, ...FINAL_TASK_STATES] as const;

export type OpenTaskState = (typeof OPEN_TASK_STATES)[number];
export type FinalTaskState = (typeof FINAL_TASK_STATES)[number];
export type TaskState = OpenTaskState | FinalTaskState;

/** Whether the task has ended. A task in a final state never changes its state again. */
export const isFinal = (state: string): state is FinalTaskState =>
  (FINAL_TASK_STATES as readonly string[]).includes(state);

/** How far an attempt of a task has come. */
export interface ProgressView {
  /** Units of work done. Never falls within an attempt */
  done: number;
  /** Units of work in all. Null while unknown */
  total: number | null;
  /** The current stage: "Reading rows" */
  stage?: string;
  /** The stages that have a total of their own, in order. `done` and `total` are then their sums */
  stages?: readonly { name: string; done: number; total: number }[];
  /** A line of text from `run`, for people to read */
  message?: string;
  /** 0 to 1: the progress of the task with its children. Never falls within an attempt */
  fraction?: number;
  /** Units a second, over the last 10 s of the attempt */
  ratePerSecond?: number;
  /** (total − done) ÷ ratePerSecond, in ms. Absent while the rate or the total is unknown */
  etaMs?: number;
}

/** A task, without its input. */
export interface TaskView {
  /** Unique in the namespace */
  id: string;
  /** The definition's name: `normalise-names` */
  name: string;
  /** For people to read: "Normalise names · France" */
  label: string;
  /** The user who launched the task */
  actor: Actor;
  state: TaskState;
  /** 0 before the first attempt, then 1, 2, … */
  attempt: number;
  /** Rises with every change of this task. Of two views, the one with the lower version is older */
  version: number;
  /** When it was launched: Unix time in ms by the Redis server's clock, for display only */
  createdAt: number;
  /** When its first attempt began, likewise. Absent before that */
  startedAt?: number;
  /** When it reached its final state, likewise. Absent before that */
  endedAt?: number;
  /** Rises with each launch, in the order of the launches. No two tasks share one */
  launchOrder: number;
  /** How many records its lease covers, or covered */
  recordCount: number;
  /** The lease that covers the task's records. It ends with the task */
  leaseId: LeaseId;
  /** How far the current attempt has come */
  progress: ProgressView;
  /** False while no worker works on it: none is running, or its worker stopped responding */
  hasWorker: boolean;
  /** True when somebody has asked the task to stop */
  cancelRequested: boolean;
  /** Its queue is paused by the queue's own tools. The task starts after somebody resumes the queue */
  isPaused?: true;
  /** Words with which the application finds the task */
  tags?: readonly string[];
  /** The task that launched it, under whose lease it runs */
  parentId?: string;
  /** The ended task that it retries */
  retryOf?: string;
  /** While it waits for its records: its position in the wait list. 1 is next */
  position?: number;
  /** The task does not start before this time. Unix time in ms */
  notBefore?: number;
  /** How many rows have failed so far. `GET /tasks/:id/failures` lists them with their reasons */
  failedCount?: number;
  /** How many rows it has finished and released so far, in all attempts. Absent while it has finished no row: most tasks release all at the end */
  finishedCount?: number;
  /** Why it failed, for people to read. Present only if it failed */
  error?: string;
  /** The value that `run` returned: JSON of at most 16 KiB. Present only if it completed */
  result?: unknown;
}

/** A row that failed in a task, and the reason. */
export interface FailedRecord {
  record: RecordKey;
  /** The reason, for people to read */
  error: string;
}

/** Every event of a task in the change log. */
export const TASK_EVENTS = [
  /** It was launched */
  'created',
  /** It holds its records and waits for a worker */
  'queued',
  /** An attempt began */
  'started',
  /** An attempt failed, and another one follows */
  'retrying',
  /** It reached the state `completed` */
  'completed',
  /** It reached the state `failed` */
  'failed',
  /** It reached the state `cancelled` */
  'cancelled',
  /** Somebody asked it to stop. Its state is as before */
  'cancelRequested',
  /** A worker took it or was lost, or its queue was paused or resumed. Its state is as before */
  'worker-changed',
] as const;
/** An event of a task in the change log. */
export type TaskEventName = (typeof TASK_EVENTS)[number];

/**
 * The type of a task's result, made of the type of its definition: `TaskResult<typeof normaliseNames>`. Any object with a
 * `run` counts as a definition, so that a page needs no code of the server.
 */
export type TaskResult<Definition> = Definition extends { run(...args: never[]): infer Returned }
  ? Awaited<Returned>
  : unknown;
