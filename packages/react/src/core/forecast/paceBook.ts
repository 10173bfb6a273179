/** How fast the tasks work that this tab knows, and how fast tasks of the same name have worked. */
import { isFinal, type TaskView } from '@rowlock/protocol';
import { noteReport, type PaceHistory } from './paceHistory.ts';
import { type Experience, readExperience } from './taskForecast.ts';

/** Tasks and names in memory. Beyond, the oldest are forgotten. */
const MOST_TASKS = 500;
const MOST_NAMES = 100;

export class PaceBook {
  readonly #histories = new Map<string, PaceHistory>();
  readonly #tasks = new Map<string, TaskView>();
  readonly #experiences = new Map<string, Experience>();

  /** A view of a task has arrived. `nowMs`: by the server's clock */
  note(task: TaskView, nowMs: number): void {
    if (isFinal(task.state)) {
      this.#learn(this.#tasks.get(task.id));
      this.#forget(task.id);
      return;
    }
    const history = noteReport(this.#histories.get(task.id), task, nowMs);
    if (!history) return;
    this.#tasks.set(task.id, task);
    put(this.#histories, task.id, history, MOST_TASKS);
  }

  /** Forgets the tasks that this tab no longer knows. */
  retain(isKnown: (taskId: string) => boolean): void {
    for (const id of this.#histories.keys()) if (!isKnown(id)) this.#forget(id);
  }

  findHistory(taskId: string): PaceHistory | undefined {
    return this.#histories.get(taskId);
  }

  /** Of a task that runs now, else of the one that ended last. */
  findExperience(taskName: string): Experience | undefined {
    for (const task of this.#tasks.values()) {
      const experience = task.name === taskName && readExperience(task, this.#histories.get(task.id));
      if (experience) return experience;
    }
    return this.#experiences.get(taskName);
  }

  #forget(taskId: string): void {
    this.#histories.delete(taskId);
    this.#tasks.delete(taskId);
  }

  #learn(task: TaskView | undefined): void {
    const experience = task && readExperience(task, this.#histories.get(task.id));
    if (experience) put(this.#experiences, task.name, experience, MOST_NAMES);
  }
}

function put<Value>(map: Map<string, Value>, key: string, value: Value, most: number): void {
  map.set(key, value);
  if (map.size > most) map.delete(map.keys().next().value!);
}
