/**
 * The list of the tasks that match a filter, newest launch first, as far as this tab has loaded it.
 *
 * The server keeps every task of the filter up to date. The list shows those that were launched at `oldest` or later. So a
 * task that begins to match appears at its position, and one that stops matching disappears. After a gap the same part
 * is loaded again, page by page. Tasks that are still in doubt then are asked about by id (taskConfirmation.ts).
 */
import {
  type ErrorBody,
  matchesTask,
  TASKS_AT_FIRST,
  type TaskFilter,
  type TaskView,
} from '@rowlock/protocol';
import type { ClientClock } from './clock.ts';
import type { ConnectionState } from './connection.ts';
import type { KnownView } from './knownView.ts';
import { Backoff, isFinalRefusal } from './refusals.ts';
import { RowlockClientError } from './rowlockClientError.ts';
import type { Subscriptions } from './subscriptions.ts';
import { NO_TASKS, type TaskList } from './taskSnapshot.ts';
import type { Transport } from './transport.ts';

/** After a gap */
const MOST_IN_A_PAGE = 1_000;
/** So many new tasks may join before the oldest leave the list. */
const MOST_JOINED = 500;

export interface TaskListOptions {
  transport: Transport;
  clock: ClientClock;
  view: KnownView;
  subscriptions: Subscriptions;
  getConnection: () => ConnectionState;
  /** A page of older tasks has arrived */
  onPage: (tasks: readonly TaskView[]) => void;
  /** All pages have arrived. The server has said nothing of other tasks that are in doubt */
  onLoaded: () => void;
  onChanged: (key: string) => void;
}

interface Page {
  tasks: readonly TaskView[];
  next?: string;
}

export class TaskListState {
  readonly key: string;
  readonly filter: TaskFilter;
  readonly #options: TaskListOptions;
  readonly #backoff: Backoff;
  /** The launch order of the oldest task that the list shows. Undefined before the first page */
  #oldest: number | undefined;
  #hasMore = false;
  /** How many tasks it had after the last page */
  #loadedCount = 0;
  #isLoaded = false;
  /** Rises with each gap: a page that was asked for before it is void */
  #generation = 0;
  #more: Promise<void> | undefined;
  #error: RowlockClientError | undefined;
  #snapshot: TaskList = NO_TASKS;
  /** The tasks of the list at the last look, in the order in which they became known */
  #unsorted: readonly TaskView[] = [];
  #sorted: readonly TaskView[] = [];

  constructor(key: string, filter: TaskFilter, options: TaskListOptions) {
    this.key = key;
    this.filter = filter;
    this.#options = options;
    this.#backoff = new Backoff(options.clock);
  }

  /** Whether the list shows this task. */
  has(task: TaskView): boolean {
    const { view } = this.#options;
    if (this.#oldest === undefined || task.launchOrder < this.#oldest) return false;
    return matchesTask(task, this.filter) && !view.tasks.isMissing(task.id);
  }

  /** Everything may have changed. */
  noteGap(): void {
    this.#generation += 1;
    this.#isLoaded = false;
    this.#more = undefined;
    this.#backoff.reset();
  }

  /** The server watches the filter, and has sent its newest tasks. */
  async noteFirstPage(tasks: readonly TaskView[]): Promise<void> {
    const isFull = tasks.length >= TASKS_AT_FIRST;
    const next = isFull ? String(tasks.at(-1)!.launchOrder) : undefined;
    await this.#load({ tasks, ...(next !== undefined && { next }) });
  }

  get(): TaskList {
    const { view, getConnection, subscriptions } = this.#options;
    const tasks = this.#list();
    const isStale =
      getConnection().status !== 'live' ||
      !this.#isLoaded ||
      !subscriptions.tasks.isAnswered(this.key) ||
      tasks.some(({ id }) => view.tasks.isDoubted(id));
    const error = subscriptions.findRefusal('tasks', [this.key]) ?? this.#error;
    const next: TaskList = {
      tasks: isSameList(tasks, this.#snapshot.tasks) ? this.#snapshot.tasks : tasks,
      isStale,
      hasMore: this.#hasMore,
      isLoadingMore: this.#more !== undefined,
      ...(error && { error }),
    };
    if (!isSameSnapshot(next, this.#snapshot)) this.#snapshot = next;
    return this.#snapshot;
  }

  /** Shows older tasks. Never rejects: a failure is in the snapshot. */
  loadMore(): Promise<void> {
    if (this.#more) return this.#more;
    if (!this.#isLoaded || !this.#hasMore || this.#oldest === undefined) return Promise.resolve();
    this.#more = this.#loadOlder(String(this.#oldest));
    this.#announce();
    return this.#more;
  }

  /** Drops the oldest tasks after many new ones have joined. */
  trim(): void {
    const tasks = this.#list();
    if (tasks.length <= this.#loadedCount + MOST_JOINED) return;
    this.#loadedCount = Math.max(this.#loadedCount, TASKS_AT_FIRST);
    this.#oldest = tasks[this.#loadedCount - 1]!.launchOrder;
    this.#hasMore = true;
  }

  /** Sorts only if a task of the list has changed: most changes are about others. */
  #list(): readonly TaskView[] {
    const tasks = [...this.#options.view.tasks.values()].filter((task) => this.has(task));
    if (!isSameList(tasks, this.#unsorted)) {
      this.#unsorted = tasks;
      this.#sorted = [...tasks].sort((one, other) => other.launchOrder - one.launchOrder);
    }
    return this.#sorted;
  }

  /** Follows the pages to where the list ended before the gap. */
  async #load(first: Page): Promise<void> {
    const generation = this.#generation;
    const target = this.#reached();
    let page: Page | undefined = first;
    while (page?.next !== undefined && target !== undefined && Number(page.next) > target) {
      page = await this.#ask(page.next, MOST_IN_A_PAGE, { retry: () => void this.#load(first) });
      if (generation !== this.#generation) return;
    }
    if (!page) return;
    this.#noteEnd(page, this.#oldest);
    this.#isLoaded = true;
    this.#error = undefined;
    this.#announce();
    this.#options.onLoaded();
  }

  async #loadOlder(after: string): Promise<void> {
    const generation = this.#generation;
    const page = await this.#ask(after, TASKS_AT_FIRST, { isOlder: true });
    if (generation !== this.#generation) return;
    this.#more = undefined;
    if (page) {
      this.#noteEnd(page);
      this.#error = undefined;
    }
    this.#announce();
  }

  /**
   * Undefined if the server refuses. `retry` is called later if the refusal is not final. `isOlder`: the list is to show
   * the page too
   */
  async #ask(
    after: string,
    limit: number,
    { retry, isOlder = false }: { retry?: () => void; isOlder?: boolean },
  ): Promise<Page | undefined> {
    const generation = this.#generation;
    const { transport, onPage } = this.#options;
    const answer = await transport.request('listTasks', { ...this.filter, after, limit }, (given) => {
      if (!given.ok || generation !== this.#generation) return;
      // In the callback, and the bound first: a change in between would drop tasks that no list shows.
      if (isOlder) this.#oldest = endOf(given);
      onPage(given.tasks);
    });
    if (answer.ok) return answer;
    if (generation === this.#generation) this.#noteRefused(answer.error, retry);
    return undefined;
  }

  #noteRefused(error: ErrorBody, retry: (() => void) | undefined): void {
    if (retry && !isFinalRefusal(error)) this.#backoff.schedule(retry);
    else this.#error = new RowlockClientError(error);
    this.#announce();
  }

  /** `bound`: the end of the list before a gap, if it had more. It ends there again. */
  #noteEnd(page: Page, bound = Number.NEGATIVE_INFINITY): void {
    const end = endOf(page);
    this.#oldest = Math.max(end, bound);
    this.#hasMore = page.next !== undefined || page.tasks.some(({ launchOrder }) => launchOrder < bound);
    this.#loadedCount = this.#list().length;
  }

  /** How far the list reached: to the last page, or to its oldest task if that was the end. */
  #reached(): number | undefined {
    if (this.#oldest !== Number.NEGATIVE_INFINITY) return this.#oldest;
    return this.#list().at(-1)?.launchOrder;
  }

  #announce(): void {
    this.#options.onChanged(this.key);
  }
}

/** The launch order down to which a page and those before it contain every task. */
const endOf = ({ tasks, next }: Page): number =>
  next === undefined ? Number.NEGATIVE_INFINITY : (tasks.at(-1)?.launchOrder ?? Number(next));

const isSameList = (one: readonly TaskView[], other: readonly TaskView[]): boolean =>
  one.length === other.length && one.every((task, i) => task === other[i]);

const isSameSnapshot = (one: TaskList, other: TaskList): boolean =>
  one.tasks === other.tasks &&
  one.isStale === other.isStale &&
  one.hasMore === other.hasMore &&
  one.isLoadingMore === other.isLoadingMore &&
  one.error === other.error;
