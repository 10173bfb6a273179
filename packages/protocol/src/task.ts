/** Tasks as others see them. */
import type { Actor, LeaseId } from './lease.ts';
import type { RecordKey } from './recordKey.ts';

/** `waiting`: it stands in line for its records and holds nothing yet */
export type TaskState = 'waiting' | 'queued' | 'running' | 'retrying' | 'completed' | 'failed' | 'cancelled';

const FINAL: ReadonlySet<TaskState> = new Set(['completed', 'failed', 'cancelled']);

/** A final state is for ever: a finished task never revives. */
export const isFinal = (state: TaskState): boolean => FINAL.has(state);

export interface TaskProgress {
  /** Units of work done; never falls within an attempt */
  done: number;
  /** Units of work in all; null while unknown */
  total: number | null;
  /** What is being done now: "Reading rows" */
  stage?: string;
  /** The stages that have a total of their own, in order; `done` and `total` are then their sums */
  stages?: readonly { name: string; done: number; total: number }[];
  message?: string;
  /** 0 to 1: how far the task has come in all, with its children; never falls within an attempt */
  fraction?: number;
  /** Units a second, over the last 10 s of the attempt */
  ratePerSecond?: number;
  /** (total − done) ÷ ratePerSecond, in ms; absent while the rate or the total is unknown */
  etaMs?: number;
}

export interface TaskView {
  id: string;
  /** The definition's name: `normalise-names` */
  name: string;
  /** For people to read: "Normalise names · France" */
  label: string;
  actor: Actor;
  state: TaskState;
  /** 0 before the first start, then 1, 2, … */
  attempt: number;
  /** Rises with every change of this task; a lower version is older news */
  version: number;
  /** Unix times in ms by the Redis server's clock; for display only */
  createdAt: number;
  startedAt?: number;
  endedAt?: number;
  /** Rises with each launch, in the order of the launches. No two tasks share one */
  launchOrder: number;
  recordCount: number;
  /** The lease that covers the task's records; it is gone when the task has ended */
  leaseId: LeaseId;
  progress: TaskProgress;
  /** False while nobody works on it: no worker is there, or its worker has fallen silent */
  attended: boolean;
  cancelRequested: boolean;
  /** Its queue is paused by the queue's own tools: the task does not start before somebody resumes it */
  isPaused?: true;
  /** Words by which the application finds it again */
  tags?: readonly string[];
  /** The task that launched it, under whose lease it runs */
  parentId?: string;
  /** The ended task that it tries again */
  retryOf?: string;
  /** While it waits for its records: 1 for who is next */
  place?: number;
  /** Unix time in ms before which it is not started */
  notBefore?: number;
  /** How many rows it could not do, so far; which ones and why is asked for separately */
  failedCount?: number;
  /** Why it failed, in words, where it did */
  error?: string;
  /** What `run` returned, where it completed: JSON of at most 16 KiB */
  result?: unknown;
}

/** A row that a task could not do, and why. */
export interface FailedItem {
  record: RecordKey;
  error: string;
}

/** What happened to a task, as the change log and hooks tell it. */
export type TaskEvent =
  | 'created'
  | 'queued'
  | 'started'
  | 'retrying'
  | 'completed'
  | 'failed'
  | 'cancelled'
  /** Its state is as before: somebody asked it to stop, began or ceased to work on it, or paused or resumed its queue */
  | 'cancelRequested'
  | 'attended';
