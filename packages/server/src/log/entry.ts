/** Entries of the change log, as the scripts append them and as readers get them. */
import type { Holder, LeaseEnd, LeaseId, LeaseView, LockMode, TaskState } from '@rowlock/protocol';

/** A place in the change log: a Redis stream id. */
export type Cursor = string;

export type LogEntry =
  | { kind: 'acquired'; cursor: Cursor; lease: LeaseView }
  | { kind: 'released'; cursor: Cursor; leaseId: LeaseId; reason: LeaseEnd }
  | { kind: 'task'; cursor: Cursor; taskId: string; state: TaskState; version: number }
  /** Redis has started anew, perhaps with data lost: what was known before is not certain */
  | { kind: 'epoch'; cursor: Cursor; epoch: number };

export type RawEntry = [cursor: Cursor, fields: string[]];

const fieldsOf = (raw: string[]): Record<string, string> => {
  const fields: Record<string, string> = {};
  for (let i = 0; i < raw.length; i += 2) fields[raw[i]!] = raw[i + 1]!;
  return fields;
};

/** Undefined for a kind that this version does not know: a newer server may write to the same log. */
export function readEntry([cursor, raw]: RawEntry): LogEntry | undefined {
  const fields = fieldsOf(raw);
  switch (fields.kind) {
    case 'acquired':
      return {
        kind: 'acquired',
        cursor,
        lease: {
          id: fields.lease!,
          holder: JSON.parse(fields.holder!) as Holder,
          mode: fields.mode as LockMode,
          since: Number(fields.since),
          recordCount: Number(fields.count),
        },
      };
    case 'released':
      return { kind: 'released', cursor, leaseId: fields.lease!, reason: fields.reason as LeaseEnd };
    case 'task':
      return {
        kind: 'task',
        cursor,
        taskId: fields.task!,
        state: fields.state as TaskState,
        version: Number(fields.version),
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
}

export const readProgressEntry = ([, raw]: RawEntry): ProgressEntry => ({ taskId: fieldsOf(raw).task! });

/** Orders cursors: negative where `a` is before `b`. */
export function compareCursors(a: Cursor, b: Cursor): number {
  const [aMs, aSeq] = a.split('-').map(Number);
  const [bMs, bSeq] = b.split('-').map(Number);
  return aMs! - bMs! || aSeq! - bSeq!;
}
