/** The facts that a reconciler sees in one round, and by which `decide` decides. */
import type { LeaseView, TaskState } from '@rowlock/protocol';
import type { SeenLease } from '../../../locks/upkeep/expiryObserver.ts';
import type { JobFate } from '../../store/queue.ts';

/** A task that has not ended. */
export interface OpenTask {
  id: string;
  state: TaskState;
  attempt: number;
  leaseId: string;
  hasWorker: boolean;
  isPaused: boolean;
  /** Unix time in ms by the Redis server's clock; for display only */
  createdAt: number;
  cancelRequested: boolean;
  /** The task under whose lease it runs */
  parentId?: string;
  /** Its run has ended, and it waits for its children */
  isRunDone: boolean;
  /** It runs in its launching process, and has no job */
  isInline: boolean;
}

/** A supervised lease in force. */
export type SupervisedLease = Pick<SeenLease, 'heartbeat' | 'silentMs'> & { lease: LeaseView };

export interface Sight {
  /** Monotonic ms */
  nowMs: number;
  /** Workers that are connected to the queue, in all processes */
  workerCount: number;
  /** Whether the queue is paused by its own tools */
  isQueuePaused: boolean;
  tasks: readonly OpenTask[];
  /** By lease id */
  leases: ReadonlyMap<string, SupervisedLease>;
  /** By task id. Only jobs that were read are present */
  fates: ReadonlyMap<string, JobFate>;
}
