/** Tasks as others see them. */
import type { Actor, LeaseId } from './lease.ts';

export type TaskState = 'queued' | 'running' | 'retrying' | 'completed' | 'failed' | 'cancelled';

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
  message?: string;
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
  recordCount: number;
  /** The lease that covers the task's records; it is gone when the task has ended */
  leaseId: LeaseId;
  progress: TaskProgress;
  /** False while nobody works on it: no worker is there, or its worker has fallen silent */
  attended: boolean;
  cancelRequested: boolean;
  /** Why it failed, in words, where it did */
  error?: string;
  /** What `run` returned, where it completed: JSON of at most 16 KiB */
  result?: unknown;
}
