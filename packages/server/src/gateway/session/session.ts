/**
 * One browser tab's connection: its watches, and the changes that are still to be sent.
 *
 * Pending changes are a set of names, not of messages. Sending reads the newest state of each. So a slow socket never
 * has a growing backlog, and a task that reports a thousand times between two messages is sent once.
 */
import type { Actor, ErrorCode, LeaseLost, LeaseView, RecordKey, TaskView, View } from '@rowlock/protocol';
import type { Clock } from '../../clock.ts';
import { RowlockError } from '../../errors.ts';
import type { LeaseSession } from '../../locks/leases/sessionLeases.ts';
import { findHoldingTask, hideTask } from '../../tasks/read/visibleTask.ts';
import { type EngineConnection, endConnection, unreadBytes } from '../connections/connectionBounds.ts';
import type { RowlockSocket } from '../connections/rowlockSocket.ts';
import { createLane, type Lane } from '../lane.ts';
import { createRateLimit, type RateLimit } from '../rateLimit.ts';
import type { WatchedRecords } from '../view/watchedRecords.ts';
import { AwaitedTasks } from './awaitedTasks.ts';

/** Progress alone is sent this often. A change of locks, or of a task's state, is sent at once. */
const PROGRESS_INTERVAL_MS = 200;
/** How long a message waits for `authorize`, so that the end of a task and its freed rows are in one message. */
const HOLD_MS = 500;
/** The most hidden tasks in memory. Beyond, tasks without locks are forgotten. */
const MOST_HIDDEN = 1_000;
/** A socket with more waiting packets or bytes counts as slow. */
const SLOW_BUFFER_PACKETS = 8;
const SLOW_BYTES = 262_144;

export interface SessionParts {
  watched: WatchedRecords<Session>;
  clock: Clock;
  messagesPer10s: number;
  mayWatch(actor: Actor, task: TaskView): boolean | Promise<boolean>;
  onAuthorizeFailed(session: Session, error: unknown): void;
}

export class Session implements LeaseSession {
  readonly socket: RowlockSocket;
  readonly actor: Actor;
  readonly isWithinRate: RateLimit;
  /** Messages that change the watches or leases run in the order of their arrival */
  readonly inOrder: Lane;
  /** Tasks that are sent once `authorize` has answered */
  readonly awaitedTasks: AwaitedTasks;

  readonly #watched: WatchedRecords<Session>;
  readonly #clock: Clock;
  readonly #pendingRecords = new Set<RecordKey>();
  readonly #pendingTasks = new Map<string, TaskView>();
  /** Tasks that the next message may show, by answers of `authorize` since the last message */
  readonly #granted = new Set<string>();
  /** Tasks that were sent without their labels */
  readonly #hidden = new Set<string>();
  readonly #said = new Set<string>();
  #pendingCertainty: boolean | undefined;
  #position = '0-0';
  #isScheduled = false;
  #cancelProgressTimer: (() => void) | undefined;
  #cancelHold: (() => void) | undefined;

  constructor(socket: RowlockSocket, actor: Actor, options: SessionParts) {
    const { watched, clock, messagesPer10s, mayWatch, onAuthorizeFailed } = options;
    this.socket = socket;
    this.actor = actor;
    this.#watched = watched;
    this.#clock = clock;
    this.isWithinRate = createRateLimit(messagesPer10s, clock);
    const lane = createLane();
    this.inOrder = (work) =>
      lane(() => {
        // Nobody needs the answer after the connection has ended.
        if (!socket.connected)
          throw new RowlockError('unavailable', 'The connection has ended. Connect again.');
        return work();
      });
    this.awaitedTasks = new AwaitedTasks({
      clock,
      mayWatch: (task) => mayWatch(actor, task),
      onGranted: (task, isUrgent) => this.#noteGranted(task, isUrgent),
      onSettled: () => this.#endHold(),
      onFailed: (error) => onAuthorizeFailed(this, error),
    });
  }

  /** Bytes that were sent and wait in this process to be read */
  unreadBytes(): number {
    return unreadBytes(this.#connection());
  }

  endConnection(): void {
    endConnection(this.#connection());
  }

  onLeaseLost(lost: LeaseLost): void {
    this.socket.emit('leaseLost', lost);
  }

  noteRecords(records: Iterable<RecordKey>, position: string): void {
    for (const key of records) this.#pendingRecords.add(key);
    this.#position = position;
    this.#sendSoon();
  }

  /** Sent after all pending changes: `true` means that they have been sent. */
  noteCertainty(certain: boolean): void {
    this.#pendingCertainty = certain;
    this.#sendSoon();
  }

  /** @param isUrgent the task's state has changed, not only its progress */
  noteTask(task: TaskView, isUrgent: boolean): void {
    const pending = this.#pendingTasks.get(task.id);
    if (!pending || pending.version <= task.version) this.#pendingTasks.set(task.id, task);
    if (isUrgent) this.#sendSoon();
    else
      this.#cancelProgressTimer ??= this.#clock.after(PROGRESS_INTERVAL_MS, () => {
        this.#cancelProgressTimer = undefined;
        this.#sendSoon();
      });
  }

  /** The state of records as this gateway knows it now. */
  viewOf(
    records: Iterable<RecordKey>,
    tasks: readonly TaskView[],
    position: string,
    granted: ReadonlySet<string> = this.#granted,
  ): View {
    const view: View = { position, records: {}, leases: [], tasks: [...tasks] };
    const leaseIds = new Set<string>();
    for (const key of records) {
      const leases = this.#watched.leases.on(key);
      view.records[key] = [...leases];
      for (const id of leases) leaseIds.add(id);
    }
    for (const id of leaseIds) view.leases.push(this.#asSeen(this.#watched.leases.get(id)!, granted));
    return view;
  }

  /** True for the first failure of this kind: a broken client must not fill the log. */
  isFirst(cause: ErrorCode, what: string): boolean {
    const key = `${cause} ${what}`;
    if (this.#said.has(key) || this.#said.size >= 50) return false;
    this.#said.add(key);
    return true;
  }

  close(): void {
    this.awaitedTasks.close();
    this.#cancelHold?.();
    this.#cancelProgressTimer?.();
    this.#pendingRecords.clear();
    this.#pendingTasks.clear();
  }

  #noteGranted(task: TaskView, isUrgent: boolean): void {
    this.#granted.add(task.id);
    if (this.#hidden.delete(task.id)) {
      for (const key of this.#watched.leases.recordsOfTask(task.id))
        if (this.#isWatching(key)) this.#pendingRecords.add(key);
      this.#sendSoon();
    }
    this.noteTask(task, isUrgent);
  }

  #asSeen(lease: LeaseView, granted: ReadonlySet<string>): LeaseView {
    const taskId = findHoldingTask(lease);
    if (taskId === undefined || granted.has(taskId)) return lease;
    if (this.#hidden.size >= MOST_HIDDEN) this.#forgetEnded();
    this.#hidden.add(taskId);
    return hideTask(lease);
  }

  #forgetEnded(): void {
    const holding = new Set(this.#watched.leases.taskIds());
    for (const id of this.#hidden) if (!holding.has(id)) this.#hidden.delete(id);
  }

  #sendSoon(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#send();
    });
  }

  #send(): void {
    if (!this.socket.connected) return;
    const { conn } = this.socket;
    if (this.#isSlow()) {
      this.#isScheduled = true;
      conn.once('drain', () => {
        this.#isScheduled = false;
        this.#send();
      });
      return;
    }
    if (this.awaitedTasks.isHolding) {
      this.#isScheduled = true;
      this.#cancelHold ??= this.#clock.after(HOLD_MS, () => this.#endHold());
      return;
    }
    this.#cancelProgressTimer?.();
    this.#cancelProgressTimer = undefined;
    if (this.#pendingRecords.size > 0 || this.#pendingTasks.size > 0) {
      const records = [...this.#pendingRecords].filter((key) => this.#isWatching(key));
      const tasks = [...this.#pendingTasks.values()];
      this.#pendingRecords.clear();
      this.#pendingTasks.clear();
      this.socket.emit('changes', this.viewOf(records, tasks, this.#position));
      this.#granted.clear();
    }
    if (this.#pendingCertainty !== undefined) {
      this.socket.emit('certainty', { certain: this.#pendingCertainty });
      this.#pendingCertainty = undefined;
    }
  }

  #endHold(): void {
    if (!this.#cancelHold) return;
    this.#cancelHold();
    this.#cancelHold = undefined;
    this.awaitedTasks.holdNoLonger();
    this.#isScheduled = false;
    this.#send();
  }

  #isSlow(): boolean {
    return this.#connection().writeBuffer.length > SLOW_BUFFER_PACKETS || this.unreadBytes() > SLOW_BYTES;
  }

  #isWatching(key: RecordKey): boolean {
    return this.#watched.watchersOf(key).has(this);
  }

  #connection(): EngineConnection {
    return this.socket.conn as unknown as EngineConnection;
  }
}
