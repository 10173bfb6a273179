/** The measurements of a process and of its namespace: numbers, without any name that a user could choose. */
import type { Holder, TaskState } from '@rowlock/protocol';
import type { Counts } from './counts.ts';

export type LeaseStanding = 'held' | 'waiting' | 'acquiring';
export type OpenState = Exclude<TaskState, 'completed' | 'failed' | 'cancelled'>;

export const STANDINGS: readonly LeaseStanding[] = ['held', 'waiting', 'acquiring'];
export const HOLDER_TYPES: readonly Holder['type'][] = ['task', 'person'];
export const OPEN_STATES: readonly OpenState[] = ['waiting', 'queued', 'running', 'retrying'];

/** Of the whole namespace, as it was at most 2 s ago. */
export interface NamespaceMeasurements {
  leases: Record<LeaseStanding, Record<Holder['type'], number>>;
  /** Records under leases in force; one that several share counts for each */
  lockedRecordCount: number;
  tasks: Record<OpenState, { count: number /** Since its launch */; oldestMs: number }>;
  subscribers: { subscriber: string; behind: number }[];
}

/** Of this process alone. */
export interface ProcessMeasurements extends Counts {
  gateway: {
    /** Sessions that are connected to this process */
    socketCount: number;
    /** From an entry in the log to its news going out: the largest of the last minute */
    lagMs: number;
  };
}

export interface Measurements {
  process: ProcessMeasurements;
  /** Undefined if Redis cannot be reached, or before the first look */
  namespace: NamespaceMeasurements | undefined;
}
