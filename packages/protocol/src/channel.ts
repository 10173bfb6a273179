/**
 * The live channel: Socket.IO events on the namespace `/rowlock`.
 *
 * Browser → server: each message below has a schema, and is answered by an acknowledgement
 * `{ ok: true, ...answer } | { ok: false, error }`. Server → browser: `ServerEvents`.
 */
import type { z } from 'zod';
import type { ErrorBody } from './errors.ts';
import type { Actor, LeaseEnd, LeaseId, LeaseView, OwnedLease } from './lease.ts';
import type { Limits } from './limits.ts';
import type { RecordKey } from './recordKey.ts';
import type { clientMessages } from './schemas.ts';
import type { TaskView } from './task.ts';

export const CHANNEL_NAMESPACE = '/rowlock';
export const PROTOCOL_VERSION = 1;

export type ClientMessageName = keyof typeof clientMessages;
/** What a browser may send, before defaults. */
export type ClientMessage<N extends ClientMessageName> = z.input<(typeof clientMessages)[N]>;
/** What the server works with, after defaults. */
export type ParsedClientMessage<N extends ClientMessageName> = z.output<(typeof clientMessages)[N]>;

/** The state of records and tasks at a cursor. Leases that no record in the view points at may be forgotten. */
export interface View {
  /** A place in the change log; opaque */
  cursor: string;
  /** The leases in force on each record, none where it is free */
  records: Record<RecordKey, LeaseId[]>;
  /** Each lease that `records` names and that was not sent before */
  leases: LeaseView[];
  /** Tasks watched by id, and those whose leases cover watched records */
  tasks: TaskView[];
}

export interface ClientAnswers {
  watch: View;
  unwatch: Record<never, never>;
  acquire: { lease: OwnedLease };
  resume: { lease: OwnedLease; records: RecordKey[] };
  /** `ageMs`: how long ago the server renewed it, at most: counted from before that renewal to this answer */
  confirm: { leases: { leaseId: LeaseId; ageMs: number }[] };
  release: Record<never, never>;
  cancel: { task: TaskView };
}

export type Ack<N extends ClientMessageName> =
  | ({ ok: true } & ClientAnswers[N])
  | { ok: false; error: ErrorBody };

/** Server → browser. */
export interface ServerEvents {
  /** First event of every connection. */
  hello: (hello: Hello) => void;
  /** What changed of the watched records and tasks since the last `changes` or snapshot. */
  changes: (changes: View) => void;
  /** A lease of this tab has ended without this tab having asked. */
  leaseLost: (lost: LeaseLost) => void;
  /** Whether the server itself sees Redis; while it does not, what the tab shows is not certain. */
  certainty: (certainty: Certainty) => void;
}

export interface Hello {
  protocol: typeof PROTOCOL_VERSION;
  actor: Actor;
  /** Names this tab as a holder: a person's `holder.id` */
  sessionId: string;
  limits: Limits;
  certain: boolean;
  /** Unix time in ms by the server's clock, when this was sent: a client shows times by it, whatever its own clock says */
  now: number;
}

export interface LeaseLost {
  leaseId: LeaseId;
  /** `handed over`: it has become a task's, which its holder has launched with it */
  reason: LeaseEnd | 'resumed elsewhere' | 'handed over';
}

export interface Certainty {
  certain: boolean;
}
