/**
 * The tasks that a session may see as holders of rows. A message shows the label of a task only if `authorize` has
 * permitted it since the message before. PROTOCOL.md states the rule.
 */
import type { LeaseView } from '@rowlock/protocol';
import { findHoldingTask, hideTask } from '../../tasks/read/visibleTask.ts';
import type { KnownLeases } from '../view/recordLeases.ts';

/** The most hidden tasks in memory. Beyond, tasks without locks are forgotten. */
const MOST_HIDDEN = 1_000;

export class ShownHolders {
  readonly #leases: KnownLeases;
  /** By answers of `authorize` since the last message */
  readonly #granted = new Set<string>();
  /** Tasks that were sent without their labels */
  readonly #hidden = new Set<string>();

  constructor(leases: KnownLeases) {
    this.#leases = leases;
  }

  /** `authorize` has permitted the task. Returns whether it was sent without its label before. */
  grant(taskId: string): boolean {
    this.#granted.add(taskId);
    return this.#hidden.delete(taskId);
  }

  /** `authorize` no longer permits the task. */
  hide(taskId: string): void {
    this.#granted.delete(taskId);
  }

  /** The next message needs new answers. */
  forgetGranted(): void {
    this.#granted.clear();
  }

  asSeen(lease: LeaseView, granted: ReadonlySet<string> = this.#granted): LeaseView {
    const taskId = findHoldingTask(lease);
    if (taskId === undefined || granted.has(taskId)) return lease;
    if (this.#hidden.size >= MOST_HIDDEN) this.#forgetEnded();
    this.#hidden.add(taskId);
    return hideTask(lease);
  }

  #forgetEnded(): void {
    const holding = new Set(this.#leases.taskIds());
    for (const id of this.#hidden) if (!holding.has(id)) this.#hidden.delete(id);
  }
}
