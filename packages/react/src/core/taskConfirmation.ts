/**
 * After a gap, asks by id about every task that the screen shows and the server's list of the newest does not contain.
 *
 * The server answers `watch` of all tasks with the newest only. A task that is not in that answer may be older, or gone,
 * or may have ended meanwhile. Only an answer about that very task decides it.
 */
import type { ClientClock } from './clock.ts';
import type { Subscriptions } from './subscriptions.ts';
import type { TaskIndex } from './taskIndex.ts';

/** Fits into one message, and leaves room below the server's limit of tasks that are watched by id. */
const TASKS_AT_ONCE = 200;
/** By then the subscriptions have unwatched the last ones. */
const PAUSE_MS = 600;

export class TaskConfirmation {
  readonly #clock: ClientClock;
  readonly #tasks: TaskIndex;
  readonly #subscriptions: Subscriptions;
  readonly #asked = new Set<string>();
  #cancelNext = () => {};

  constructor(options: { clock: ClientClock; tasks: TaskIndex; subscriptions: Subscriptions }) {
    this.#clock = options.clock;
    this.#tasks = options.tasks;
    this.#subscriptions = options.subscriptions;
  }

  begin(): void {
    this.#cancelNext();
    if (this.#asked.size > 0) return;
    for (const id of this.#tasks.listDoubted().slice(0, TASKS_AT_ONCE)) this.#asked.add(id);
    if (this.#asked.size > 0) this.#subscriptions.retain({ tasks: this.#asked });
  }

  noteAnswered(taskIds: Iterable<string>): void {
    const answered = [...taskIds].filter((id) => this.#asked.delete(id));
    if (answered.length === 0) return;
    this.#subscriptions.release({ tasks: answered });
    if (this.#asked.size === 0) this.#cancelNext = this.#clock.after(PAUSE_MS, () => this.begin());
  }

  /** There is a new gap: requests that are under way no longer count. */
  stop(): void {
    this.#cancelNext();
    this.#subscriptions.release({ tasks: this.#asked });
    this.#asked.clear();
  }
}
