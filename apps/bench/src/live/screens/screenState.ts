/** The state that one screen shows, by the messages that it received. Pure. */
import type { LeaseView, RecordKey } from '@rowlock/server';

/** The part of a `View` of the live channel that the bench reads. */
export interface ChangesMessage {
  position: string;
  records: Record<RecordKey, string[]>;
  leases: LeaseView[];
  tasks: { id: string; progress: { done: number } }[];
}

export type Shown = 'locked' | 'free';

/** A task's progress as it arrived. */
export interface Arrival {
  atMs: number;
  taskId: string;
  done: number;
}

export class ScreenState {
  /** `changes` messages about records since `restart` */
  changes = 0;
  /** Messages since `restart` that named a record of another page */
  foreign = 0;
  /** When all rows became locked or free: the time of the last message that changed this */
  shownAtMs = 0;
  arrivals: Arrival[] = [];
  readonly #own: ReadonlySet<string>;
  readonly #locked = new Set<string>();

  constructor(records: readonly RecordKey[]) {
    this.#own = new Set(records);
  }

  /** Undefined while only some of the rows are locked. */
  get shown(): Shown | undefined {
    if (this.#locked.size === 0) return 'free';
    return this.#locked.size === this.#own.size ? 'locked' : undefined;
  }

  apply(message: ChangesMessage, atMs: number): void {
    const before = this.shown;
    const keys = Object.keys(message.records) as RecordKey[];
    for (const key of keys) {
      if (!this.#own.has(key)) continue;
      if (message.records[key]!.length > 0) this.#locked.add(key);
      else this.#locked.delete(key);
    }
    if (keys.length > 0) this.changes++;
    if (keys.some((key) => !this.#own.has(key))) this.foreign++;
    if (this.shown !== before) this.shownAtMs = atMs;
    for (const { id, progress } of message.tasks)
      this.arrivals.push({ atMs, taskId: id, done: progress.done });
  }

  restart(): void {
    this.changes = 0;
    this.foreign = 0;
    this.arrivals = [];
  }
}
