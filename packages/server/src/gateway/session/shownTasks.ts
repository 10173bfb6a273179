/** The tasks that a session was sent, so that they can be hidden from it. Pure. */
import { isFinal, type TaskView } from '@rowlock/protocol';

/** The newest ended tasks that are remembered. A client keeps no more of them */
const MOST_ENDED = 200;

export class ShownTasks {
  /** Running tasks, and ended ones in the order in which they were sent */
  readonly #running = new Set<string>();
  readonly #ended = new Set<string>();

  note({ id, state }: TaskView): void {
    this.delete(id);
    (isFinal(state) ? this.#ended : this.#running).add(id);
    for (const oldest of this.#ended) {
      if (this.#ended.size <= MOST_ENDED) break;
      this.#ended.delete(oldest);
    }
  }

  has(id: string): boolean {
    return this.#running.has(id) || this.#ended.has(id);
  }

  delete(id: string): void {
    this.#running.delete(id);
    this.#ended.delete(id);
  }

  ids(): string[] {
    return [...this.#running, ...this.#ended];
  }
}
