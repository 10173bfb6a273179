/**
 * The live channel: Socket.IO events on the namespace `/rowlock`.
 *
 * Browser → server: each message below has a schema, and is answered by an acknowledgement
 * `{ ok: true, ...answer } | { ok: false, error }`. Server → browser: `ServerEvents`.
 */
import type { z } from 'zod';
import type { Blocker } from './blocker.ts';
import type { RecordChange } from './change.ts';
import type { clientMessages } from './clientMessages.ts';
import type { Conflict } from './conflict.ts';
import type { ErrorBody } from './errors.ts';
import type { Idle, IdleRule } from './idleness.ts';
import type { Launched, Preview } from './launch.ts';
import type { Actor, LeaseEnd, LeaseId, LeaseView, OwnedLease, OwnedWaitingLease } from './lease.ts';
import type { Limits } from './limits.ts';
import type { Viewers } from './presence.ts';
import type { RecordKey } from './recordKey.ts';
import type { ReleaseAnswer, ReleaseAnswered, ReleaseRequested } from './releaseRequest.ts';
import type { ResourceLockPage, ResourceView } from './resource.ts';
import type { TaskView } from './task.ts';

export const CHANNEL_NAMESPACE = '/rowlock';
export const PROTOCOL_VERSION = 2;

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
  /** The watched records whose viewers have changed, at most once a second; in the answer to `watch`: those that it names */
  viewers?: Record<RecordKey, Viewers>;
}

export interface ClientAnswers {
  watch: View;
  unwatch: Record<never, never>;
  listLocks: ResourceLockPage;
  /** Leases in force first, then those that wait, in the order in which they came */
  listBlockers: { blockers: Blocker[] };
  listTasks: { tasks: TaskView[]; next?: string };
  /** `records` and `conflicts` with `skip`: the acquired records, and the leases that block the others */
  acquire:
    | { lease: OwnedLease; records?: RecordKey[]; conflicts?: Conflict[] }
    | { waiting: OwnedWaitingLease; conflicts: Conflict[] };
  resume:
    | { lease: OwnedLease; records: RecordKey[] }
    | { waiting: OwnedWaitingLease; records: RecordKey[]; conflicts: Conflict[] };
  /** `ageMs`: the longest time since the server renewed the lease, counted from before the renewal to this answer. `position`: of a lease that waits */
  confirm: { leases: { leaseId: LeaseId; ageMs: number; position?: number }[] };
  /** `records`: those of the request that the lease covers now. `conflicts` with `skip`: the leases that block the others */
  extend: { lease: OwnedLease; records: RecordKey[]; conflicts?: Conflict[] };
  takeOver: { lease: OwnedLease };
  /** `requestId`: that of the open request, if the user has one for this lease. `answer`: if it has one already */
  requestRelease: { requestId: string; answerBy: number; answer?: ReleaseAnswer };
  /** The answer that counts: the first one */
  answerRelease: { answer: ReleaseAnswer };
  /** `recordCount`: how many records the lease still covers. 0: it has ended */
  release: { recordCount: number };
  launch: Launched;
  preview: Preview;
  cancel: { task: TaskView };
  activity: Record<never, never>;
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
  /** The position of a waiting lease of this session has changed */
  leaseWaiting: (waiting: LeaseWaiting) => void;
  /** A waiting lease of this session is in force now: it holds its records */
  leaseAcquired: (acquired: LeaseAcquired) => void;
  /** Somebody asks this session to release a lease. It comes again after each `resume`, until it is answered */
  releaseRequested: (request: ReleaseRequested) => void;
  /** A release request has an answer. Every session of the user who has asked gets it */
  releaseAnswered: (answered: ReleaseAnswered) => void;
  /** Nobody is active in this tab, so its leases will end; or somebody is again */
  idle: (idle: Idle) => void;
  /** Whether the server sees Redis. While it does not, the state in the browser is not certain */
  certainty: (certainty: Certainty) => void;
  /** Records and tasks that the user may no longer watch: the client forgets what it knows of them */
  hidden: (hidden: Hidden) => void;
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
  /** Absent if the server ends no lease because nobody is active */
  idle?: IdleRule;
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
  /** After a takeover: by whom */
  by?: Actor;
  /** After a takeover: the reason that they gave */
  why?: string;
}

/** A waiting lease of this session has another position. */
export interface LeaseWaiting {
  leaseId: LeaseId;
  /** 1 is next */
  position: number;
}

/** A waiting lease of this session has come into force. It keeps its secret. */
export interface LeaseAcquired {
  leaseId: LeaseId;
  /** As of an `OwnedLease` */
  fence: string;
  /** How long the lease lives without a renewal, in ms */
  ttlMs: number;
  /** How many records the lease covers */
  recordCount: number;
}

/** Records and tasks that this session no longer sees. */
export interface Hidden {
  /** They are no longer watched: no more changes of them arrive */
  records: RecordKey[];
  /** Whole resources, likewise */
  resources: string[];
  /** Their ids. A task that is watched by its id is sent again if the user gets the permission */
  tasks: string[];
  /** `forbidden`, or `unavailable` if the server could not check the permission in time: watch them again then */
  error: ErrorBody;
}

/** Whether the server's view is up to date. */
export interface Certainty {
  /** False: the server does not see Redis, Redis refuses writes, or the server may have missed something */
  certain: boolean;
}
