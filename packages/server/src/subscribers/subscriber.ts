/**
 * What an application may listen to. A subscriber has a name, under which its place in the change log is stored: it
 * is called at least once for everything, in the order of the log, and goes on where it was after every restart. Of
 * several processes with a set of one name, one calls it.
 */
import type { Actor, Holder, LeaseEnd, LeaseId, LeaseView, TaskEventName, TaskView } from '@rowlock/protocol';
import type { LogPosition } from '../changeLog/entry.ts';
import { assertDurationSetting } from '../durations.ts';

export type TaskEventKind =
  | Exclude<TaskEventName, 'cancelRequested' | 'worker-changed'>
  /** Told at most once a second and task, never stored and never repeated: the next one says more */
  | 'progress'
  /** Its lease is gone: its records are free. Of a task that runs under its parent's lease there is none */
  | 'cleaned';

export interface TaskEvent {
  kind: TaskEventKind;
  taskId: string;
  /** As it is now, which may be later than this event. Absent where it has been forgotten already */
  task?: TaskView;
  /** The task's version at this event. A table that notes it takes no older news. Absent for `cleaned` */
  version?: number;
  /** Of `cleaned` alone: why the lease has ended */
  reason?: LeaseEnd;
  /** Where in the change log; the same again where an event is told again */
  position: LogPosition;
  /** Unix time in ms by the Redis server's clock, for display */
  at: number;
}

export type LeaseEvent = { position: LogPosition; at: number } & (
  | { kind: 'acquired' | 'waiting' | 'extended'; lease: LeaseView }
  | { kind: 'freed'; leaseId: LeaseId; holder: Holder; recordCount: number }
  | { kind: 'transferred'; leaseId: LeaseId; holder: Holder; from: Holder }
  | { kind: 'released'; leaseId: LeaseId; reason: LeaseEnd; holder?: Holder; by?: Actor; why?: string }
);

export interface SubscriberGap {
  /**
   * `begun`: no place of this set is stored (it is new, or Redis has lost everything). `trimmed`: it was so far behind
   * that entries are gone unread. `epoch`: Redis has started anew, perhaps with its newest data lost
   */
  reason: 'begun' | 'trimmed' | 'epoch';
  position: LogPosition;
  at: number;
}

export interface SubscriberContext {
  /** Aborts when the call has taken too long, or when this process is to call the set no more */
  signal: AbortSignal;
}

export interface Subscriber {
  /** Where a set begins that is new: with what comes (`now`, default), or with the oldest entry of the log (`start`) */
  from?: 'now' | 'start';
  /** How long a call may take before it counts as failed and is tried again, in ms. Default 30,000 */
  timeoutMs?: number;
  onTask?(event: TaskEvent, context: SubscriberContext): void | Promise<void>;
  onLease?(event: LeaseEvent, context: SubscriberContext): void | Promise<void>;
  /**
   * Something may have gone by untold. After it, except where the set has just begun, every task that is still known is
   * told as what it is now, oldest first: the place to look after what one's own table has, and Rowlock does not know.
   */
  onGap?(gap: SubscriberGap, context: SubscriberContext): void | Promise<void>;
}

/** By name: 1 to 64 letters, digits, `_`, `.` or `-`. A name stands for a place in the log, so it is kept for good */
export type Subscribers = Readonly<Record<string, Subscriber>>;

export interface SubscriberState {
  name: string;
  /** The last entry that has been told; absent while none is stored */
  position?: LogPosition;
  /** How many entries of the log are still to be looked at, counted up to 1,000 */
  behind: number;
  /** Whether this process calls it */
  isLeading: boolean;
  /** Unix time in ms by the Redis server's clock; absent while all is well */
  failingSince?: number;
  lastError?: string;
}

export interface SubscriberStatus {
  /** How each set of this process stands, as Redis has it. @throws {UnavailableError} */
  status(): Promise<SubscriberState[]>;
}

const NAME = /^[A-Za-z0-9_.-]{1,64}$/;

/** @throws {TypeError} naming the set that cannot be used */
export function assertSubscribers(sets: Subscribers): void {
  for (const [name, set] of Object.entries(sets)) {
    if (!NAME.test(name)) {
      throw new TypeError(
        `subscribers: the name ${JSON.stringify(name)} is malformed: use 1 to 64 letters, digits, "_", "." or "-".`,
      );
    }
    if (typeof set !== 'object' || set === null) {
      throw new TypeError(
        `subscribers: "${name}" is no subscriber. A set has a name: { subscribers: { ${name}: { onTask(event) {} } } }.`,
      );
    }
    assertDurationSetting(`subscribers: timeoutMs of "${name}"`, set.timeoutMs, {
      atLeastMs: 1,
      mayBeEndless: true,
    });
  }
}
