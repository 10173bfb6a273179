/**
 * The tasks that a batch of the change log is about, each with the watchers of its rows. These are read at each entry: a
 * task's entry comes before the end of its lease, so that they get the end of the task too. Pure.
 */
import type { Holder } from '@rowlock/protocol';
import type { LogEntry } from '../../changeLog/entry.ts';
import type { WatchedRecords } from './watchedRecords.ts';
import type { WatchedTasks } from './watchedTasks.ts';

export class TaskNews<Watcher> {
  readonly #records: WatchedRecords<Watcher>;
  readonly #tasks: WatchedTasks<Watcher>;
  readonly #rowWatchers = new Map<string, Set<Watcher>>();
  readonly #launched = new Set<string>();

  constructor(records: WatchedRecords<Watcher>, tasks: WatchedTasks<Watcher>) {
    this.#records = records;
    this.#tasks = tasks;
  }

  /** Call it after the entry has been applied to the records: a lease that was acquired has watchers then. */
  note(entry: LogEntry): void {
    const taskId = findTask(entry);
    if (taskId === undefined || !this.isOfInterest(taskId)) return;
    if (entry.kind === 'task' && entry.event === 'created') this.#launched.add(taskId);
    const earlier = this.#rowWatchers.get(taskId) ?? [];
    this.#rowWatchers.set(taskId, new Set([...earlier, ...this.#records.watchersOfTask(taskId)]));
  }

  isOfInterest(taskId: string): boolean {
    return this.#tasks.isWatched(taskId) || this.#records.leases.recordsOfTask(taskId).size > 0;
  }

  taskIds(): string[] {
    return [...this.#rowWatchers.keys()];
  }

  /** Whether the batch contains the launch of this task. */
  isLaunched(taskId: string): boolean {
    return this.#launched.has(taskId);
  }

  /** Undefined if no entry is about this task. */
  rowWatchersOf(taskId: string): ReadonlySet<Watcher> | undefined {
    return this.#rowWatchers.get(taskId);
  }
}

/** The task that an entry is about. */
function findTask(entry: LogEntry): string | undefined {
  switch (entry.kind) {
    case 'task':
      return entry.taskId;
    case 'acquired':
      return taskIdOf(entry.lease.holder);
    case 'transferred':
      return taskIdOf(entry.holder);
    case 'waiting':
    case 'extended':
    case 'freed':
    case 'released':
    case 'changed':
    case 'permissions':
    case 'epoch':
      return undefined;
  }
}

const taskIdOf = ({ type, id }: Holder) => (type === 'task' ? id : undefined);
