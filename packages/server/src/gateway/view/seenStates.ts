/**
 * The state in which this gateway has last seen each task that has not ended. It says whether a task has just stopped to
 * match a filter. A task that has ended stays as it is, so it is not kept. Pure.
 */
import { isFinal, type TaskState, type TaskView } from '@rowlock/protocol';

/** About 150 bytes each. Beyond, the one that was seen first is forgotten, and counts as never seen. */
const MOST_SEEN = 20_000;

export class SeenStates {
  readonly #states = new Map<string, TaskState>();

  /** Notes a task as it is now. Returns the state before, if it was seen. */
  note({ id, state }: TaskView): TaskState | undefined {
    const before = this.#states.get(id);
    if (isFinal(state)) this.#states.delete(id);
    else this.#states.set(id, state);
    if (this.#states.size > MOST_SEEN) this.#states.delete(this.#states.keys().next().value!);
    return before;
  }

  /** After a gap, or while nobody asks: nothing counts as seen. */
  clear(): void {
    this.#states.clear();
  }
}
