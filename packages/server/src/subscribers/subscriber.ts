/**
 * Subscribers: durable consumers of lifecycle events. The position of a subscriber in the change log is stored under its
 * name. It is called at least once for each event, in the order of the log, and continues at its position after a restart.
 * If several processes have a subscriber of one name, one of them calls it.
 */
import type { Actor, Holder, LeaseEnd, LeaseId, LeaseView, TaskEventName, TaskView } from '@rowlock/protocol';
import type { LogPosition } from '../changeLog/entry.ts';
import { assertDurationSetting } from '../durations.ts';

export type TaskEventKind =
  | Exclude<TaskEventName, 'cancelRequested' | 'worker-changed'>
  /** Reported at most once a second for each task. It is never stored or repeated, since the next one replaces it */
  | 'progress'
  /** The task's lease has ended, so its records are free. A task under its parent's lease has no such event */
  | 'cleaned';

export interface TaskEvent {
  kind: TaskEventKind;
  taskId: string;
  /** The task as it is now, which may be later than this event. Absent if it is already deleted */
  task?: TaskView;
  /** The task's version at this event. Store it in your table, and ignore lower versions. Absent for `cleaned` */
  version?: number;
  /** Only for `cleaned`: why the lease has ended */
  reason?: LeaseEnd;
  /** The position of the event in the change log. A repeated event has the same position */
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
   * `begun`: no position of this subscriber is stored, since it is new or Redis has lost everything. `trimmed`: it was so
   * far behind that it has missed entries. `epoch`: Redis has restarted, and may have lost its newest data
   */
  reason: 'begun' | 'trimmed' | 'epoch';
  position: LogPosition;
  at: number;
}

export interface SubscriberContext {
  /** Aborts when the call takes too long, or when this process must no longer call the subscriber */
  signal: AbortSignal;
}

export interface Subscriber {
  /** The first event of a new subscriber: the next one (`now`, default), or the oldest one in the log (`start`) */
  from?: 'now' | 'start';
  /** How long a call may take before it counts as failed and is repeated, in ms. Default 30,000 */
  timeoutMs?: number;
  onTask?(event: TaskEvent, context: SubscriberContext): void | Promise<void>;
  onLease?(event: LeaseEvent, context: SubscriberContext): void | Promise<void>;
  /**
   * The subscriber may have missed events. After every gap except `begun`, `onTask` reports the present state of each known
   * task, oldest first. Compare your own table here with the tasks that Rowlock knows.
   */
  onGap?(gap: SubscriberGap, context: SubscriberContext): void | Promise<void>;
}

/**
 * By name: 1 to 64 letters, digits, `_`, `.` or `-`. The position in the log is stored under the name, so do not change it
 */
export type Subscribers = Readonly<Record<string, Subscriber>>;

export interface SubscriberState {
  name: string;
  /** The last reported entry. Absent while no position is stored */
  position?: LogPosition;
  /** The number of entries that follow in the log, counted up to 1,000 */
  behind: number;
  /** Whether this process calls it */
  isLeading: boolean;
  /** Unix time in ms by the Redis server's clock; absent while it works */
  failingSince?: number;
  lastError?: string;
}

export interface SubscriberStatus {
  /** The state of each subscriber of this process, as Redis has it. @throws {UnavailableError} */
  status(): Promise<SubscriberState[]>;
}

const NAME = /^[A-Za-z0-9_.-]{1,64}$/;

/** @throws {TypeError} that names the subscriber which cannot be used */
export function assertSubscribers(subscribers: Subscribers): void {
  for (const [name, subscriber] of Object.entries(subscribers)) {
    if (!NAME.test(name)) {
      throw new TypeError(
        `subscribers: the name ${JSON.stringify(name)} is malformed: use 1 to 64 letters, digits, "_", "." or "-".`,
      );
    }
    if (typeof subscriber !== 'object' || subscriber === null) {
      throw new TypeError(
        `subscribers: "${name}" is not a subscriber. Each subscriber has a name: { subscribers: { ${name}: { onTask(event) {} } } }.`,
      );
    }
    assertDurationSetting(`subscribers: timeoutMs of "${name}"`, subscriber.timeoutMs, {
      atLeastMs: 1,
      mayBeEndless: true,
    });
  }
}
