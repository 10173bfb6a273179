/** What a subscriber is told of an entry of the change log. Pure. */
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

/** A task as it is now, told as the event by which it would have come to stand so. */
export const presentOf = (task: TaskView, position: LogPosition): TaskEvent => ({
  kind: KIND_OF_STATE[task.state],
  taskId: task.id,
  task,
  version: task.version,
  position,
  at: timeOf(position),
});

/** The others change no state, or a newer server has written them. */
const TOLD = new Set(Object.values(KIND_OF_STATE));
type ToldKind = (typeof KIND_OF_STATE)[TaskView['state']];
const isTold = (event: string): event is ToldKind => (TOLD as Set<string>).has(event);

/** Without its task, which is read when the event is told. Undefined where the entry says nothing to a task's subscriber. */
export function taskEventOf(entry: LogEntry): Omit<TaskEvent, 'task'> | undefined {
  const { position } = entry;
  const at = timeOf(position);
  switch (entry.kind) {
    case 'task':
      if (!isTold(entry.event)) return undefined;
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
    case 'permissions':
    case 'epoch':
      return undefined;
  }
}
