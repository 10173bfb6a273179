import {
  type Actor,
  type ErrorBody,
  matchesTask,
  type RecordKey,
  type SessionSecret,
  type TaskFilter,
  type TaskView,
} from '@rowlock/protocol';
import type { TransportEvent } from '../core/transport.ts';

let lastSession = 0;

/** One connection of a tab, as the server sees it. */
export class MemoryTab {
  readonly records = new Set<RecordKey>();
  readonly tasks = new Set<string>();
  readonly resources = new Set<string>();
  /** Records whose viewers it watches, and of which it is a viewer */
  readonly presence = new Set<RecordKey>();
  readonly taskFilters = new Map<string, TaskFilter>();
  /** The tasks that it was sent */
  readonly shownTasks = new Set<string>();
  /** Undefined for a client that sends none */
  session: SessionSecret | undefined;
  readonly actor: Actor;
  readonly emit: (event: TransportEvent) => void;
  /** Ends the connection. With a reason it refuses the user until they sign in again */
  readonly end: (reason?: ErrorBody) => void;
  readonly #ownId: string;

  constructor(actor: Actor, { emit, end }: Pick<MemoryTab, 'emit' | 'end'>) {
    lastSession += 1;
    this.#ownId = `session-${lastSession}`;
    this.actor = actor;
    this.emit = emit;
    this.end = end;
  }

  /** That of the client's session, else one of its own */
  get sessionId(): string {
    return this.session?.sessionId ?? this.#ownId;
  }

  /** By its id, or by a filter that it matches. */
  watchesTask(task: TaskView): boolean {
    return (
      this.tasks.has(task.id) || [...this.taskFilters.values()].some((filter) => matchesTask(task, filter))
    );
  }
}
