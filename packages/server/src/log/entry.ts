/** Entries of the change log, as the scripts append them and as readers get them. */
import type {
  Actor,
  Holder,
  LeaseEnd,
  LeaseId,
  LeaseView,
  LockMode,
  TaskEvent,
  TaskState,
} from '@rowlock/protocol';

/** A place in the change log: a Redis stream id. */
export type Cursor = string;

export type LogEntry =
  | { kind: 'acquired'; cursor: Cursor; lease: LeaseView }
  /** A lease has taken a place in the line; it holds nothing yet */
  | { kind: 'waiting'; cursor: Cursor; lease: LeaseView }
  /** A lease covers the records of `chunk` (as coverage.ts reads it) too */
  | { kind: 'extended'; cursor: Cursor; lease: LeaseView; chunk: string }
  /** A lease covers the records of `chunk` no more */
  | { kind: 'freed'; cursor: Cursor; leaseId: LeaseId; holder: Holder; recordCount: number; chunk: string }
  | { kind: 'transferred'; cursor: Cursor; leaseId: LeaseId; holder: Holder; from: Holder }
  | {
      kind: 'released';
      cursor: Cursor;
      leaseId: LeaseId;
      reason: LeaseEnd;
      holder?: Holder;
      /** Of a takeover: by whom, and the reason that he gave */
      by?: Actor;
      why?: string;
    }
  | { kind: 'task'; cursor: Cursor; taskId: string; state: TaskState; event: TaskEvent; version: number }
  /** What `authorize` answers has changed: about one actor, or about everybody. `disconnects`: the actor is sent away */
  | { kind: 'permissions'; cursor: Cursor; actorId?: string; disconnects?: true }
  /** Redis has started anew, perhaps with data lost: what was known before is not certain */
  | { kind: 'epoch'; cursor: Cursor; epoch: number };

export type RawEntry = [cursor: Cursor, fields: string[]];

/** As append.lua puts an entry together */
const PACKED = 'e';
const SEPARATOR = '\u001f';

function fieldsOf(raw: string[]): Record<string, string> {
  const parts = raw[0] === PACKED ? raw[1]!.split(SEPARATOR) : raw;
  const fields: Record<string, string> = {};
  for (let i = 0; i < parts.length; i += 2) fields[parts[i]!] = parts[i + 1]!;
  return fields;
}

/** When, by the Redis server's clock, for display: Unix time in ms. */
export const timeOf = (cursor: Cursor): number => Number(cursor.slice(0, cursor.indexOf('-')));

/** A lease has been in force since its `acquired` entry, which says so by its cursor. */
const leaseOf = (fields: Record<string, string>, cursor: Cursor): LeaseView => ({
  id: fields.lease!,
  holder: JSON.parse(fields.holder!) as Holder,
  mode: fields.mode as LockMode,
  since: fields.since === undefined ? timeOf(cursor) : Number(fields.since),
  recordCount: Number(fields.count),
});

/** Undefined for a kind that this version does not know: a newer server may write to the same log. */
export function readEntry([cursor, raw]: RawEntry): LogEntry | undefined {
  const fields = fieldsOf(raw);
  switch (fields.kind) {
    case 'acquired':
    case 'waiting':
      return { kind: fields.kind, cursor, lease: leaseOf(fields, cursor) };
    case 'extended':
      return { kind: 'extended', cursor, lease: leaseOf(fields, cursor), chunk: fields.records! };
    case 'freed':
      return {
        kind: 'freed',
        cursor,
        leaseId: fields.lease!,
        holder: JSON.parse(fields.holder!) as Holder,
        recordCount: Number(fields.count),
        chunk: fields.records!,
      };
    case 'transferred':
      return {
        kind: 'transferred',
        cursor,
        leaseId: fields.lease!,
        holder: JSON.parse(fields.holder!) as Holder,
        from: JSON.parse(fields.from!) as Holder,
      };
    case 'released':
      return {
        kind: 'released',
        cursor,
        leaseId: fields.lease!,
        reason: fields.reason as LeaseEnd,
        ...(fields.holder && { holder: JSON.parse(fields.holder) as Holder }),
        ...(fields.by && { by: JSON.parse(fields.by) as Actor }),
        ...(fields.why !== undefined && { why: fields.why }),
      };
    case 'task':
      return {
        kind: 'task',
        cursor,
        taskId: fields.task!,
        state: fields.state as TaskState,
        event: fields.event as TaskEvent,
        version: Number(fields.version),
      };
    case 'permissions':
      return {
        kind: 'permissions',
        cursor,
        ...(fields.actor && { actorId: fields.actor }),
        ...(fields.disconnect === '1' && { disconnects: true }),
      };
    case 'epoch':
      return { kind: 'epoch', cursor, epoch: Number(fields.epoch) };
    default:
      return undefined;
  }
}

/** News of a task's progress; it travels beside the log, and only the latest counts. */
export interface ProgressEntry {
  taskId: string;
  /** Unix time in ms by the Redis server's clock, for display */
  at: number;
}

export const readProgressEntry = ([cursor, raw]: RawEntry): ProgressEntry => ({
  taskId: fieldsOf(raw).task!,
  at: timeOf(cursor),
});

/** Orders cursors: negative where `a` is before `b`. */
export function compareCursors(a: Cursor, b: Cursor): number {
  const [aMs, aSeq] = a.split('-').map(Number);
  const [bMs, bSeq] = b.split('-').map(Number);
  return aMs! - bMs! || aSeq! - bSeq!;
}
