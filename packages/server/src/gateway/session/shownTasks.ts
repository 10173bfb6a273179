/** The tasks that a session was sent, so that they can be hidden from it. Pure. */
import { isFinal, type TaskView } from '@rowlock/protocol';

/** The newest ended tasks that are remembered. A client keeps no more of them */
const MOST_ENDED = 200;

export class ShownTasks {
  /** Absent in most sessions, which are sent no tasks */
  #running: Set<string> | undefined;
  /** Likewise. In the order in which they were sent */
  #ended: Set<string> | undefined;

  note({ id, state }: TaskView): void {
    this.delete(id);
    if (isFinal(state)) this.#noteEnded(id);
    else this.#running = (this.#running ?? new Set()).add(id);
  }

  has(id: string): boolean {
    return this.#running?.has(id) === true || this.#ended?.has(id) === true;
  }

  delete(id: string): void {
    this.#running?.delete(id);
    this.#ended?.delete(id);
  }

  ids(): string[] {
    return [...(this.#running ?? []), ...(this.#ended ?? [])];
  }

  #noteEnded(id: string): void {
    this.#ended = (this.#ended ?? new Set()).add(id);
    if (this.#ended.size <= MOST_ENDED) return;
    for (const oldest of this.#ended) {
      this.#ended.delete(oldest);
      return;
    }
  }
}
