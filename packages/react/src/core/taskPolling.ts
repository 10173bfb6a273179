/** Tasks by the REST routes, asked for again at an interval: for a page whose network has no live channel. */
import { isFinal, TASKS_AT_FIRST, type TaskFilter, type TaskView, taskFilterKey } from '@rowlock/protocol';
import { type ClientClock, systemClock } from './clock.ts';
import type { FetchRoute } from './fetchRoute.ts';
import { randomToken } from './randomToken.ts';
import type { WatchedTaskList } from './taskLists.ts';
import { createTaskRoutes, type TaskRoutes } from './taskRoutes.ts';
import { NO_TASK, NO_TASKS, type TaskList, type TaskSnapshot } from './taskSnapshot.ts';
import type { TaskSource } from './taskSource.ts';

export interface TaskPollingOptions {
  /** Where Rowlock's routes are mounted. Default `/rowlock` */
  url?: string;
  /** Yours adds what your API needs, such as an `Authorization` header. Default: the page's `fetch` */
  fetch?: FetchRoute;
  /** How often watched tasks are read, in ms. Default 5000 */
  everyMs?: number;
  clock?: ClientClock;
}

/** The server's limit of tasks in one answer. */
const MOST_IN_A_PAGE = 1_000;

/** A source of tasks for `<TaskDashboard source>` and `<TaskDetails source>`. Reads only what is watched. Make it once, outside of the render. */
export function createTaskPolling(options: TaskPollingOptions = {}): TaskSource {
  const { url = '/rowlock', everyMs = 5_000, clock = systemClock } = options;
  const routes = createTaskRoutes(url, options.fetch ?? ((input, init) => fetch(input, init)));
  const parts = { routes, everyMs, clock };
  const lists = new Map<string, PolledList>();
  const tasks = new Map<string, PolledTask>();
  const listOf = (filter: TaskFilter = {}) =>
    getOrAdd(lists, taskFilterKey(filter), () => new PolledList(parts, filter));
  const taskOf = (id: string) => getOrAdd(tasks, id, () => new PolledTask(parts, id));
  return {
    list: listOf,
    watch: (id, listener) => taskOf(id).watch(listener),
    get: (id) => tasks.get(id)?.get() ?? NO_TASK,
    cancel: (id) => routes.cancel(id),
    retry: (id, given = {}) => routes.retry(id, { idempotencyKey: randomToken(), ...given }),
    failures: (id) => routes.failures(id),
    log: (id) => routes.log(id),
  };
}

interface Parts {
  routes: TaskRoutes;
  everyMs: number;
  clock: ClientClock;
}

/** Reads as long as somebody listens. */
abstract class Polled<Snapshot> {
  protected readonly parts: Parts;
  readonly #listeners = new Set<() => void>();
  #snapshot: Snapshot;
  #cancelTimer = () => {};
  #isOver = false;

  constructor(parts: Parts, snapshot: Snapshot) {
    this.parts = parts;
    this.#snapshot = snapshot;
  }

  readonly get = (): Snapshot => this.#snapshot;

  readonly watch = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) void this.poll();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#cancelTimer();
    };
  };

  protected async poll(): Promise<void> {
    this.#cancelTimer();
    await this.read();
    this.#cancelTimer();
    if (this.#listeners.size === 0 || this.#isOver) return;
    this.#cancelTimer = this.parts.clock.after(this.parts.everyMs, () => void this.poll());
  }

  protected abstract read(): Promise<void>;

  protected show(snapshot: Snapshot, isOver = false): void {
    this.#snapshot = snapshot;
    this.#isOver = isOver;
    for (const listener of [...this.#listeners]) listener();
  }
}

class PolledList extends Polled<TaskList> implements WatchedTaskList {
  readonly #filter: TaskFilter;
  #limit = TASKS_AT_FIRST;

  constructor(parts: Parts, filter: TaskFilter) {
    super(parts, NO_TASKS);
    this.#filter = filter;
  }

  readonly loadMore = async (): Promise<void> => {
    this.#limit = Math.min(this.#limit + TASKS_AT_FIRST, MOST_IN_A_PAGE);
    this.show({ ...this.get(), isLoadingMore: true });
    await this.poll();
  };

  protected async read(): Promise<void> {
    const limit = this.#limit;
    const answer = await this.parts.routes.list(this.#filter, { limit });
    const before = this.get();
    if (!answer.ok) {
      this.show({ ...before, isStale: true, isLoadingMore: false, error: answer.error });
      return;
    }
    const known = new Map(before.tasks.map((task) => [task.id, task]));
    this.show({
      tasks: answer.tasks.map((task) => keep(known.get(task.id), task)),
      isStale: false,
      hasMore: answer.next !== undefined && limit < MOST_IN_A_PAGE,
      isLoadingMore: false,
    });
  }
}

class PolledTask extends Polled<TaskSnapshot> {
  readonly #id: string;

  constructor(parts: Parts, id: string) {
    super(parts, NO_TASK);
    this.#id = id;
  }

  protected async read(): Promise<void> {
    const answer = await this.parts.routes.find(this.#id);
    const before = this.get();
    if (answer.ok) {
      const task = keep(before.task, answer.task);
      this.show({ task, isStale: false, isMissing: false }, isFinal(task.state));
    } else if (answer.error.code === 'not_found' || answer.error.code === 'forbidden') {
      this.show({ ...before, isStale: false, isMissing: true }, true);
    } else this.show({ ...before, isStale: true });
  }
}

/** The same object for as long as the task has not changed. */
const keep = (before: TaskView | undefined, now: TaskView): TaskView =>
  before && before.version === now.version ? before : now;

function getOrAdd<Value>(map: Map<string, Value>, key: string, create: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const created = create();
  map.set(key, created);
  return created;
}
