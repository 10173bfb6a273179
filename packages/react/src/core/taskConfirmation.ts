/**
 * After a gap, asks by id about every task that the screen shows and that the server's list of the newest does not hold.
 *
 * The server answers `watch` of all tasks with the newest alone, so a task that is not in that answer may be older, or
 * gone, or have ended meanwhile: only an answer about that very task tells which.
 */
import type { Clock } from './clock.ts';
import type { LiveView } from './liveView.ts';
import type { Subscriptions } from './subscriptions.ts';

/** Fits one message, and leaves room below the server's limit of tasks that are watched by id. */
const TASKS_AT_ONCE = 200;
/** The subscriptions have told the server by then that the last ones are no longer watched. */
const PAUSE_MS = 600;

export class TaskConfirmation {
  readonly #clock: Clock;
  readonly #view: LiveView;
  readonly #subscriptions: Subscriptions;
  readonly #asked = new Set<string>();
  #cancelNext = () => {};

  constructor(options: { clock: Clock; view: LiveView; subscriptions: Subscriptions }) {
    this.#clock = options.clock;
    this.#view = options.view;
    this.#subscriptions = options.subscriptions;
  }

  begin(): void {
    this.#cancelNext();
    if (this.#asked.size > 0) return;
    for (const id of this.#view.doubtedTasks().slice(0, TASKS_AT_ONCE)) this.#asked.add(id);
    if (this.#asked.size > 0) this.#subscriptions.retain([], this.#asked);
  }

  noteAnswered(taskIds: Iterable<string>): void {
    const answered = [...taskIds].filter((id) => this.#asked.delete(id));
    if (answered.length === 0) return;
    this.#subscriptions.release([], answered);
    if (this.#asked.size === 0) this.#cancelNext = this.#clock.after(PAUSE_MS, () => this.begin());
  }

  /** A new gap: what is under way is void. */
  stop(): void {
    this.#cancelNext();
    this.#subscriptions.release([], this.#asked);
    this.#asked.clear();
  }
}
