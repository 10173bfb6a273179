/**
 * Tasks to send to one session, as soon as `authorize` has answered whether its user may watch them.
 *
 * Only the newest state of a task waits for the answer, so nothing is sent out of order and nothing piles up. If the
 * application throws or does not answer, it is asked again, as long as the session lives.
 */
import type { TaskView } from '@rowlock/protocol';
import type { Clock } from '../../clock.ts';

const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 10_000;

interface AwaitedTask {
  task: TaskView;
  isUrgent: boolean;
  retryMs: number;
  cancelRetry(): void;
}

export interface AwaitedTasksOptions {
  clock: Clock;
  /** Answers at once if the answer is known. */
  mayWatch(task: TaskView): boolean | Promise<boolean>;
  onGranted(task: TaskView, isUrgent: boolean): void;
  /** No message waits for an answer now. */
  onSettled(): void;
  onFailed(error: unknown): void;
}

export class AwaitedTasks {
  readonly #options: AwaitedTasksOptions;
  readonly #awaited = new Map<string, AwaitedTask>();
  /** Asked a moment ago, for the first time. The session's next message waits for these answers */
  readonly #heldFor = new Set<AwaitedTask>();
  #isClosed = false;

  constructor(options: AwaitedTasksOptions) {
    this.#options = options;
  }

  get isHolding(): boolean {
    return this.#heldFor.size > 0;
  }

  /** Offers the newest state of a task. Call it in the order of the change log. */
  offer(task: TaskView, isUrgent: boolean): void {
    const awaited = this.#awaited.get(task.id);
    if (awaited) {
      if (task.version >= awaited.task.version) awaited.task = task;
      awaited.isUrgent ||= isUrgent;
      return;
    }
    const answer = this.#options.mayWatch(task);
    if (typeof answer === 'boolean') {
      if (answer) this.#options.onGranted(task, isUrgent);
      return;
    }
    const begun = { task, isUrgent, retryMs: FIRST_RETRY_MS, cancelRetry() {} };
    this.#awaited.set(task.id, begun);
    this.#heldFor.add(begun);
    this.#follow(begun, answer);
  }

  /** The next message goes out without the answers that are still open. */
  holdNoLonger(): void {
    this.#heldFor.clear();
  }

  close(): void {
    this.#isClosed = true;
    for (const awaited of this.#awaited.values()) awaited.cancelRetry();
    this.#awaited.clear();
    this.#heldFor.clear();
  }

  #follow(awaited: AwaitedTask, answer: boolean | Promise<boolean>): void {
    Promise.resolve(answer).then(
      (granted) => {
        if (this.#isClosed) return;
        this.#awaited.delete(awaited.task.id);
        if (granted) this.#options.onGranted(awaited.task, awaited.isUrgent);
        this.#noteAnswered(awaited);
      },
      (error: unknown) => {
        if (this.#isClosed) return;
        awaited.cancelRetry = this.#options.clock.after(awaited.retryMs, () =>
          this.#follow(awaited, this.#options.mayWatch(awaited.task)),
        );
        awaited.retryMs = Math.min(2 * awaited.retryMs, LONGEST_RETRY_MS);
        this.#options.onFailed(error);
        this.#noteAnswered(awaited);
      },
    );
  }

  #noteAnswered(awaited: AwaitedTask): void {
    if (this.#heldFor.delete(awaited) && !this.isHolding) this.#options.onSettled();
  }
}
