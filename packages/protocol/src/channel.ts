/**
 * The live channel: Socket.IO events on the namespace `/rowlock`.
 *
 * Browser → server: each message below has a schema, and is answered by an acknowledgement
 * `{ ok: true, ...answer } | { ok: false, error }`. Server → browser: `ServerEvents`.
 */
import type { z } from 'zod';
import type { RecordChange } from './change.ts';
import type { clientMessages } from './clientMessages.ts';
import type { ErrorBody } from './errors.ts';
import type { Launched, Preview } from './launch.ts';
import type { Actor, LeaseEnd, LeaseId, LeaseView, OwnedLease } from './lease.ts';
import type { Limits } from './limits.ts';
import type { RecordKey } from './recordKey.ts';
import type { ResourceLockPage, ResourceView } from './resource.ts';
import type { TaskView } from './task.ts';

export const CHANNEL_NAMESPACE = '/rowlock';
export const PROTOCOL_VERSION = 1;

export type ClientMessageName = keyof typeof clientMessages;
/** A message as a browser sends it, before defaults. */
export type ClientMessage<N extends ClientMessageName> = z.input<(typeof clientMessages)[N]>;
/** A message as the server handles it, after defaults. */
export type ParsedClientMessage<N extends ClientMessageName> = z.output<(typeof clientMessages)[N]>;

/** The state of records and tasks at a position in the change log. A client may forget a lease that no record in the view names. */
export interface View {
  /** A position in the change log. Opaque */
  position: string;
  /** The leases in force on each record; an empty list if it is free */
  records: Record<RecordKey, readonly LeaseId[]>;
  /** Each lease that `records` names and that was not sent before */
  leases: LeaseView[];
  /** Tasks watched by id or by a filter, and tasks whose leases cover watched records */
  tasks: TaskView[];
  /** The version of the namespace at that position. Data that was read before this view arrived may be older */
  version: number;
  /**
   * The newest changes of watched records, newest first: in a `changes` event, and in the answer to `watch` with `since`. Each names all of the records that this
   * session watches. A change of a version that your data contains is no news. One without `how` and `by`: the server has
   * missed changes, so the records may have changed
   */
  changed?: RecordChange[];
  /** The watched resources whose counts have changed, at most four times a second; in the answer to `watch`: those that it names */
  resources?: Record<string, ResourceView>;
}

export interface ClientAnswers {
  watch: View;
  unwatch: Record<never, never>;
  listLocks: ResourceLockPage;
  listTasks: { tasks: TaskView[]; next?: string };
  acquire: { lease: OwnedLease };
  resume: { lease: OwnedLease; records: RecordKey[] };
  /** `ageMs`: the longest time since the server renewed the lease, counted from before the renewal to this answer */
  confirm: { leases: { leaseId: LeaseId; ageMs: number }[] };
  release: Record<never, never>;
  launch: Launched;
  preview: Preview;
  cancel: { task: TaskView };
  endSession: Record<never, never>;
  retry: Launched;
}

export type Ack<N extends ClientMessageName> =
  | ({ ok: true } & ClientAnswers[N])
  | { ok: false; error: ErrorBody };

/** Server → browser. */
export interface ServerEvents {
  /** The first event of every connection */
  hello: (hello: Hello) => void;
  /** The watched records and tasks that have changed since the last `changes` or `watch` answer */
  changes: (changes: View) => void;
  /** A lease of this session has ended, and the session did not release it */
  leaseLost: (lost: LeaseLost) => void;
  /** Whether the server sees Redis. While it does not, the state in the browser is not certain */
  certainty: (certainty: Certainty) => void;
  /** The server ends this connection now, and why. `unauthenticated`: the credentials have expired or are no longer accepted */
  closing: (reason: ErrorBody) => void;
}

/** The first event of a connection. */
export interface Hello {
  /** The version of this protocol */
  protocol: typeof PROTOCOL_VERSION;
  /** The signed-in user, as the server knows them */
  actor: Actor;
  /** Identifies this session as a holder: the `holder.id` of a person */
  sessionId: string;
  /** The bounds on messages of this session */
  limits: Limits;
  /** As in the event `certainty` */
  certain: boolean;
  /** When the server sent this: Unix time in ms by its clock. A client shows times by it, since its own clock may be wrong */
  now: number;
}

/** A lease of this session that has ended. */
export interface LeaseLost {
  leaseId: LeaseId;
  /** `resumed elsewhere`: another connection resumed it. `transferred`: the holder launched a task with it, which holds it now */
  reason: LeaseEnd | 'resumed elsewhere' | 'transferred';
}

/** Whether the server's view is up to date. */
export interface Certainty {
  /** False: the server does not see Redis, Redis refuses writes, or the server may have missed something */
  certain: boolean;
}
