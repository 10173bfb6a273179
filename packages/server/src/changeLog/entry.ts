/** Entries of the change log, as the scripts append them and as readers get them. */
import type {
  Actor,
  ChangeOrigin,
  Holder,
  LeaseEnd,
  LeaseId,
  LeaseView,
  LockMode,
  ReleaseAnswer,
  ReleaseRequested,
  TaskEventName,
  TaskState,
} from '@rowlock/protocol';

/** A position in the change log: a Redis stream id. */
export type LogPosition = string;

/** Every kind of entry about a lease, in the usual order. */
export const LEASE_LOG_KINDS = [
  /** A lease has joined the wait list. It covers no records yet */
  'waiting',
  /** A lease is in force. Of at most 8 records, the entry names them, in chunks that a tab separates */
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
  /** The records of this chunk have changed. One change may append several entries, with the same version */
  'changed',
  /** A user asks the holder of a lease to release it */
  'releaseRequested',
  /** A release request has an answer, or nobody has answered in time */
  'releaseAnswered',
  /** The answers of `authorize` have changed, for one actor or for all. `disconnect` of `1`: disconnect that actor */
  'permissions',
  /** The session of a tab has ended, because its user signed out */
  'session',
  /** Redis has restarted, and may have lost data. Readers read the whole state again */
  'epoch',
] as const;

/** An entry as readers get it. A chunk is a packed list of records: coverage.ts reads it. */
export type LogEntry =
  | { kind: 'acquired'; position: LogPosition; lease: LeaseView; chunks?: readonly string[] }
  | { kind: 'waiting'; position: LogPosition; lease: LeaseView }
  | { kind: 'extended'; position: LogPosition; lease: LeaseView; chunk: string }
  | {
      kind: 'freed';
      position: LogPosition;
      leaseId: LeaseId;
      holder: Holder;
      recordCount: number;
      chunk: string;
    }
  | { kind: 'transferred'; position: LogPosition; leaseId: LeaseId; holder: Holder; from: Holder }
  | {
      kind: 'released';
      position: LogPosition;
      leaseId: LeaseId;
      reason: LeaseEnd;
      holder?: Holder;
      /** Of a takeover: by whom, and the reason that they gave */
      by?: Actor;
      why?: string;
    }
  | {
      kind: 'task';
      position: LogPosition;
      taskId: string;
      state: TaskState;
      event: TaskEventName;
      version: number;
    }
  | {
      kind: 'changed';
      position: LogPosition;
      version: number;
      by: string;
      /** Absent if the application has named nobody */
      actor?: Actor;
      how: ChangeOrigin;
      chunk: string;
    }
  | { kind: 'releaseRequested'; position: LogPosition; request: ReleaseRequested }
  | {
      kind: 'releaseAnswered';
      position: LogPosition;
      leaseId: LeaseId;
      requestId: string;
      /** The user who has asked */
      actorId: string;
      answer: ReleaseAnswer;
    }
  | { kind: 'permissions'; position: LogPosition; actorId?: string; disconnects?: true }
  | { kind: 'session'; position: LogPosition; sessionId: string }
  | { kind: 'epoch'; position: LogPosition; epoch: number };

export type RawEntry = [position: LogPosition, fields: string[]];

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
export const timeOf = (position: LogPosition): number => Number(position.slice(0, position.indexOf('-')));

/** A lease has been in force since its `acquired` entry, which says so by its position. */
const leaseOf = (fields: Record<string, string>, position: LogPosition): LeaseView => ({
  id: fields.lease!,
  holder: JSON.parse(fields.holder!) as Holder,
  mode: fields.mode as LockMode,
  since: fields.since === undefined ? timeOf(position) : Number(fields.since),
  recordCount: Number(fields.count),
});

/** Undefined for a kind that this version does not know: a newer server may write to the same log. */
export function readEntry([position, raw]: RawEntry): LogEntry | undefined {
  const fields = fieldsOf(raw);
  switch (fields.kind) {
    case 'acquired':
      return {
        kind: 'acquired',
        position,
        lease: leaseOf(fields, position),
        ...(fields.records !== undefined && { chunks: fields.records.split('\t') }),
      };
    case 'waiting':
      return { kind: 'waiting', position, lease: leaseOf(fields, position) };
    case 'extended':
      return { kind: 'extended', position, lease: leaseOf(fields, position), chunk: fields.records! };
    case 'freed':
      return {
        kind: 'freed',
        position,
        leaseId: fields.lease!,
        holder: JSON.parse(fields.holder!) as Holder,
        recordCount: Number(fields.count),
        chunk: fields.records!,
      };
    case 'transferred':
      return {
        kind: 'transferred',
        position,
        leaseId: fields.lease!,
        holder: JSON.parse(fields.holder!) as Holder,
        from: JSON.parse(fields.from!) as Holder,
      };
    case 'released':
      return {
        kind: 'released',
        position,
        leaseId: fields.lease!,
        reason: fields.reason as LeaseEnd,
        ...(fields.holder && { holder: JSON.parse(fields.holder) as Holder }),
        ...(fields.by && { by: JSON.parse(fields.by) as Actor }),
        ...(fields.why !== undefined && { why: fields.why }),
      };
    case 'task':
      return {
        kind: 'task',
        position,
        taskId: fields.task!,
        state: fields.state as TaskState,
        event: fields.event as TaskEventName,
        version: Number(fields.version),
      };
    case 'changed':
      return {
        kind: 'changed',
        position,
        version: Number(fields.version),
        by: fields.by!,
        ...(fields.actor && { actor: JSON.parse(fields.actor) as Actor }),
        how: fields.how as ChangeOrigin,
        chunk: fields.records!,
      };
    case 'releaseRequested':
    case 'releaseAnswered':
      return readReleaseRequest(position, fields);
    case 'permissions':
      return {
        kind: 'permissions',
        position,
        ...(fields.actor && { actorId: fields.actor }),
        ...(fields.disconnect === '1' && { disconnects: true }),
      };
    case 'session':
      return { kind: 'session', position, sessionId: fields.session! };
    case 'epoch':
      return { kind: 'epoch', position, epoch: Number(fields.epoch) };
    default:
      return undefined;
  }
}

/** An entry about a release request. */
function readReleaseRequest(position: LogPosition, fields: ReturnType<typeof fieldsOf>): LogEntry {
  const [leaseId, requestId] = [fields.lease!, fields.id!];
  if (fields.kind === 'releaseAnswered') {
    const answer = fields.answer as ReleaseAnswer;
    return { kind: 'releaseAnswered', position, leaseId, requestId, actorId: fields.actor!, answer };
  }
  return {
    kind: 'releaseRequested',
    position,
    request: {
      ...(JSON.parse(fields.request!) as Pick<ReleaseRequested, 'by' | 'records' | 'message'>),
      requestId,
      leaseId,
      answerBy: Number(fields.answerBy),
    },
  };
}

/** News of a task's progress; it travels beside the log, and only the latest counts. */
export interface ProgressEntry {
  taskId: string;
  /** Unix time in ms by the Redis server's clock, for display */
  at: number;
}

export const readProgressEntry = ([position, raw]: RawEntry): ProgressEntry => ({
  taskId: fieldsOf(raw).task!,
  at: timeOf(position),
});

/** Orders positions: negative where `a` is before `b`. */
export function comparePositions(a: LogPosition, b: LogPosition): number {
  const [aMs, aSeq] = a.split('-').map(Number);
  const [bMs, bSeq] = b.split('-').map(Number);
  return aMs! - bMs! || aSeq! - bSeq!;
}
