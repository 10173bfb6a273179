/** The tasks, as the server reported them last: known, missing, or in doubt after a gap. */
import type { TaskView } from '@rowlock/protocol';
import { isSameContent } from './isSameContent.ts';

export interface TaskPruning {
  isWatched: (taskId: string) => boolean;
  /** A list shows the task */
  isListed: (task: TaskView) => boolean;
  /** A watched record is under the task's lease */
  isOnRecord: (task: TaskView) => boolean;
}

export class TaskIndex {
  readonly #tasks = new Map<string, TaskView>();
  readonly #missing = new Set<string>();
  /** The server has said nothing of these since the last gap */
  readonly #doubted = new Set<string>();

  get(id: string): TaskView | undefined {
    return this.#tasks.get(id);
  }

  values(): Iterable<TaskView> {
    return this.#tasks.values();
  }

  /** The server was asked for this task and does not know it, or no longer does. */
  isMissing(id: string): boolean {
    return this.#missing.has(id);
  }

  isDoubted(id: string): boolean {
    return this.#doubted.has(id);
  }

  listDoubted(): string[] {
    return [...this.#doubted];
  }

  /** After a gap no task is certain until the server reports it again, since the server lists only the newest by itself. */
  doubtAll(): void {
    for (const id of this.#tasks.keys()) if (!this.#missing.has(id)) this.#doubted.add(id);
  }

  noteMissing(id: string): void {
    this.#missing.add(id);
    this.#doubted.delete(id);
  }

  /** Forgets what is known of the task. `isMissing`: the user may not see it */
  hide(id: string, isMissing: boolean): void {
    this.#tasks.delete(id);
    this.#doubted.delete(id);
    if (isMissing) this.#missing.add(id);
  }

  /**
   * `isNews`: listeners of the task have something new to show. `isChanged`: its content is new, too. `isProgress`: nothing but its
   * progress is
   */
  apply(task: TaskView): { isNews: boolean; isChanged: boolean; isProgress: boolean } {
    const known = this.#tasks.get(task.id);
    const wasMissing = this.#missing.delete(task.id);
    const wasDoubted = this.#doubted.delete(task.id);
    // Versions always rise, also if Redis loses data: a task that ended can run again only under a higher one.
    const isOld = known !== undefined && task.version < known.version;
    const isChanged = !isOld && !isSameContent(known, task);
    if (isChanged) this.#tasks.set(task.id, task);
    const isProgress = isChanged && !wasMissing && !wasDoubted && isSameButProgress(known, task);
    return { isNews: isChanged || wasMissing || wasDoubted, isChanged, isProgress };
  }

  /** Forgets tasks that nobody needs, and missing ones that nobody watches. */
  prune({ isWatched, isListed, isOnRecord }: TaskPruning): void {
    const unneeded = [...this.#tasks.values()].filter(
      (task) => !isWatched(task.id) && !isOnRecord(task) && !isListed(task),
    );
    const missing = [...this.#missing].filter((id) => !isWatched(id));
    for (const id of [...unneeded.map((task) => task.id), ...missing]) {
      this.#tasks.delete(id);
      this.#doubted.delete(id);
      this.#missing.delete(id);
    }
  }
}

function isSameButProgress(known: TaskView | undefined, task: TaskView): boolean {
  const { progress, finishedCount, version } = task;
  return known !== undefined && isSameContent({ ...known, progress, finishedCount, version }, task);
}
