/** Entries of the change log, as the scripts append them and as readers get them. */
import type {
  Actor,
  Holder,
  LeaseEnd,
  LeaseId,
  LeaseView,
  LockMode,
  TaskEventName,
  TaskState,
} from '@rowlock/protocol';

/** A place in the change log: a Redis stream id. */
export type Cursor = string;

/** Every kind of entry about a lease, in the usual order. */
export const LEASE_LOG_KINDS = [
  /** A lease has joined the wait list. It covers no records yet */
  'waiting',
  /** A lease is in force */
  'acquired',
  /** A lease covers the records of this chunk too. One extension may append several entries */
  'extended',
  /** A lease no longer covers the records of this chunk */
  'freed',
  /** A lease has another holder */
  'transferred',
  /** A lease has ended, for the reason given. After a takeover also by whom, and why */
  'released',
] as const;

/** Every kind of entry in the change log. The table in PROTOCOL.md comes from here, and from the scripts that append. */
export const LOG_KINDS = [
  ...LEASE_LOG_KINDS,
  /** Something happened to a task. `state` is its state after it */
  'task',
  /** The answers of `authorize` have changed, for one actor or for all. `disconnect` of `1`: disconnect that actor */
  'permissions',
  /** Redis has restarted, and may have lost data. Readers read the whole state again */
  'epoch',
] as const;

/** An entry as readers get it. `chunk` is a packed list of records: coverage.ts reads it. */
export type LogEntry =
  | { kind: 'acquired'; cursor: Cursor; lease: LeaseView }
  | { kind: 'waiting'; cursor: Cursor; lease: LeaseView }
  | { kind: 'extended'; cursor: Cursor; lease: LeaseView; chunk: string }
  | { kind: 'freed'; cursor: Cursor; leaseId: LeaseId; holder: Holder; recordCount: number; chunk: string }
  | { kind: 'transferred'; cursor: Cursor; leaseId: LeaseId; holder: Holder; from: Holder }
  | {
      kind: 'released';
      cursor: Cursor;
      leaseId: LeaseId;
      reason: LeaseEnd;
      holder?: Holder;
      /** Of a takeover: by whom, and the reason that they gave */
      by?: Actor;
      why?: string;
    }
  | { kind: 'task'; cursor: Cursor; taskId: string; state: TaskState; event: TaskEventName; version: number }
  | { kind: 'permissions'; cursor: Cursor; actorId?: string; disconnects?: true }
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
        event: fields.event as TaskEventName,
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
