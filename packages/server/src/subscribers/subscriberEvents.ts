/** Turns entries of the change log into the events of a subscriber. Pure. */
import type { TaskView } from '@rowlock/protocol';
import { type LogEntry, type LogPosition, timeOf } from '../changeLog/entry.ts';
import type { LeaseEvent, TaskEvent, TaskEventKind } from './subscriber.ts';

const KIND_OF_STATE = {
  waiting: 'created',
  queued: 'queued',
  running: 'started',
  retrying: 'retrying',
  completed: 'completed',
  failed: 'failed',
  cancelled: 'cancelled',
} as const satisfies Record<TaskView['state'], TaskEventKind>;

/** The present state of a task as an event: the one that leads to this state. */
export const presentOf = (task: TaskView, position: LogPosition): TaskEvent => ({
  kind: KIND_OF_STATE[task.state],
  taskId: task.id,
  task,
  version: task.version,
  position,
  at: timeOf(position),
});

/** Other events change no state, or were written by a newer server. */
const REPORTED = new Set(Object.values(KIND_OF_STATE));
type ReportedKind = (typeof KIND_OF_STATE)[TaskView['state']];
const isReported = (event: string): event is ReportedKind => (REPORTED as Set<string>).has(event);

/**
 * The event without its task, which is read when the event is reported. Undefined if the entry is not an event of a task.
 */
export function taskEventOf(entry: LogEntry): Omit<TaskEvent, 'task'> | undefined {
  const { position } = entry;
  const at = timeOf(position);
  switch (entry.kind) {
    case 'task':
      if (!isReported(entry.event)) return undefined;
      return { kind: entry.event, taskId: entry.taskId, version: entry.version, position, at };
    case 'released':
      if (entry.holder?.type !== 'task') return undefined;
      return { kind: 'cleaned', taskId: entry.holder.id, reason: entry.reason, position, at };
    default:
      return undefined;
  }
}

export function leaseEventOf(entry: LogEntry): LeaseEvent | undefined {
  const { position } = entry;
  const at = timeOf(position);
  switch (entry.kind) {
    case 'acquired':
    case 'waiting':
    case 'extended':
      return { kind: entry.kind, position, at, lease: entry.lease };
    case 'freed': {
      const { leaseId, holder, recordCount } = entry;
      return { kind: 'freed', position, at, leaseId, holder, recordCount };
    }
    case 'transferred':
    case 'released':
      return { ...entry, at };
    case 'task':
    case 'changed':
    case 'permissions':
    case 'epoch':
      return undefined;
  }
}
