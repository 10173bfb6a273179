/**
 * Reports each task that ends while the page is open, once, also if it ended while the connection was lost.
 *
 * A list of tasks shows the newest only, so older tasks that are still open are watched by their ids.
 */
import { isFinal, OPEN_TASK_STATES, type TaskFilter, type TaskView } from '@rowlock/protocol';
import type { WatchedTaskList } from './taskLists.ts';
import type { TaskSource } from './taskSource.ts';

/** Which ends to report: any fields of a filter, but no states. */
export type TaskEndFilter = Omit<TaskFilter, 'states'>;

type Reader = Pick<TaskSource, 'watch' | 'get' | 'list'>;

/** Calls `onEnd` once for each task that ends from now on, until the returned function is called. */
export function onTaskEnd(
  source: Reader,
  filter: TaskEndFilter,
  onEnd: (task: TaskView) => void,
): () => void {
  const ends = new TaskEnds(source, filter, onEnd);
  return ends.start();
}

/** Leaves room below the server's limit of tasks that are watched by id. */
const MOST_WATCHED = 200;

class TaskEnds {
  readonly #source: Reader;
  readonly #onEnd: (task: TaskView) => void;
  readonly #newest: WatchedTaskList;
  readonly #open: WatchedTaskList;
  /** Tasks that were open when this page saw them */
  readonly #seenOpen = new Set<string>();
  readonly #reported = new Set<string>();
  /** Open tasks that the list of the newest does not show, with the end of their watch */
  readonly #older = new Map<string, () => void>();
  /** The newest task at the start: a later one has ended meanwhile, even if it was never seen open */
  #lastBefore: number | undefined;

  constructor(source: Reader, filter: TaskEndFilter, onEnd: (task: TaskView) => void) {
    this.#source = source;
    this.#onEnd = onEnd;
    this.#newest = source.list(filter);
    this.#open = source.list({ ...filter, states: OPEN_TASK_STATES });
  }

  start(): () => void {
    const stops = [this.#newest, this.#open].map((list) => list.watch(() => this.#look()));
    this.#look();
    return () => {
      for (const stop of [...stops, ...this.#older.values()]) stop();
      this.#older.clear();
    };
  }

  #look(): void {
    const newest = this.#newest.get();
    if (this.#lastBefore === undefined) {
      if (newest.isStale) return;
      this.#lastBefore = newest.tasks[0]?.launchOrder ?? 0;
    }
    for (const task of newest.tasks) this.#note(task);
    const listed = new Set(newest.tasks.map(({ id }) => id));
    for (const task of this.#open.get().tasks) {
      this.#note(task);
      if (!listed.has(task.id)) this.#watchOlder(task.id);
    }
  }

  #note(task: TaskView): void {
    if (!isFinal(task.state)) {
      this.#seenOpen.add(task.id);
      return;
    }
    const endedNow = this.#seenOpen.delete(task.id) || task.launchOrder > this.#lastBefore!;
    if (!endedNow || this.#reported.has(task.id)) return;
    this.#reported.add(task.id);
    this.#forget(task.id);
    this.#onEnd(task);
  }

  #watchOlder(id: string): void {
    if (this.#older.has(id) || this.#older.size >= MOST_WATCHED) return;
    this.#older.set(
      id,
      this.#source.watch(id, () => {
        const { task, isMissing } = this.#source.get(id);
        if (task) this.#note(task);
        if (isMissing) this.#forget(id);
      }),
    );
  }

  #forget(id: string): void {
    this.#older.get(id)?.();
    this.#older.delete(id);
  }
}
