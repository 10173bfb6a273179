/** A cancel that waits for a while before it is sent, so that it can be undone. Until then the task runs. */
import type { ClientClock } from './clock.ts';

export class PendingCancel {
  readonly #clock: ClientClock;
  readonly #delayMs: number;
  readonly #listeners = new Set<() => void>();
  #pending: { send: () => void; stopTimer: () => void } | undefined;

  constructor(clock: ClientClock, delayMs: number) {
    this.#clock = clock;
    this.#delayMs = delayMs;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly isPending = (): boolean => this.#pending !== undefined;

  cancel(send: () => void): void {
    if (this.#pending) return;
    this.#set({ send, stopTimer: this.#clock.after(this.#delayMs, this.flush) });
  }

  readonly undo = (): void => {
    this.#end();
  };

  /** Sends it now, for example because the page is left. */
  readonly flush = (): void => this.#end()?.send();

  #end() {
    const pending = this.#pending;
    pending?.stopTimer();
    if (pending) this.#set(undefined);
    return pending;
  }

  #set(pending: { send: () => void; stopTimer: () => void } | undefined): void {
    this.#pending = pending;
    for (const listener of [...this.#listeners]) listener();
  }
}
