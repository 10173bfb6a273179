/**
 * Notifies of progress at most ten times a second, however often it arrives: the first time at once, later changes together. More
 * cannot be read, and each notification makes React render.
 */
import type { ClientClock } from './clock.ts';
import { elapsedMs, getMoment, type Moment } from './moment.ts';

const EVERY_MS = 100;

export interface ProgressGateOptions {
  clock: ClientClock;
  /** Gets the tasks that have progressed since the last call */
  notify: (taskIds: ReadonlySet<string>) => void;
}

export class ProgressGate {
  readonly #options: ProgressGateOptions;
  #waiting = new Set<string>();
  #notifiedAt: Moment | undefined;
  #cancelTimer: (() => void) | undefined;

  constructor(options: ProgressGateOptions) {
    this.#options = options;
  }

  add(taskIds: Iterable<string>): void {
    for (const id of taskIds) this.#waiting.add(id);
    if (this.#waiting.size === 0 || this.#cancelTimer) return;
    const { clock } = this.#options;
    const restMs = this.#notifiedAt ? EVERY_MS - elapsedMs(this.#notifiedAt, clock) : 0;
    if (restMs <= 0) this.#notify();
    else this.#cancelTimer = clock.after(restMs, () => this.#notify());
  }

  /** The connection is lost: nothing waits any longer, since everything is about to be shown as stale. */
  stop(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    if (this.#waiting.size > 0) this.#notify();
  }

  #notify(): void {
    this.#cancelTimer = undefined;
    this.#notifiedAt = getMoment(this.#options.clock);
    const taskIds = this.#waiting;
    this.#waiting = new Set();
    this.#options.notify(taskIds);
  }
}
