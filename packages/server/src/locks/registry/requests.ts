/** The requests to the registry, and the leases that it answers with. */
import { randomUUID } from 'node:crypto';
import {
  type Actor,
  type Conflict,
  type Holder,
  type LeaseId,
  type LeaseSecret,
  type LockMode,
  type LockScope,
  type OwnedLease,
  plainText,
  type RecordKey,
} from '@rowlock/protocol';
import { assertDuration, YEAR_MS } from '../../durations.ts';
import { RowlockError } from '../../errors.ts';

/** The records of one script, which blocks Redis for about 10 ms. Larger requests proceed in parts. */
export const MAX_RECORDS_PER_STEP = 10_000;
/** The records of one lease. */
export const MAX_RECORDS_PER_LEASE = 200_000;
/** A part blocks Redis for about 4 ms. */
const PART_SIZE = 4_000;

/** How much one script does, in records. */
export interface StepSizes {
  /** A larger request proceeds in parts */
  maxRecordsPerStep: number;
  partSize: number;
}
export const STEP_SIZES: StepSizes = { maxRecordsPerStep: MAX_RECORDS_PER_STEP, partSize: PART_SIZE };

export const DEFAULT_TTL_MS = 10_000;
const MIN_TTL_MS = 1_000;

/**
 * How a lease ends if nobody renews it. `heartbeat`: it expires after its TTL. `supervised`: another party, the task queue,
 * decides, since a queued task holds its records without a heartbeat.
 */
export type LeaseExpiry = 'heartbeat' | 'supervised';

export interface LeaseRequest {
  holder: Holder;
  /** 1 to `MAX_RECORDS_PER_LEASE` keys; duplicates count once. `cities/*` is the whole resource */
  records: readonly RecordKey[];
  /** Default `exclusive` */
  mode?: LockMode;
  /** Default `record` */
  scope?: LockScope;
  /** How long the lease lasts without a renewal, in ms. Default 10,000, at least 1,000, at most a year */
  ttlMs?: number;
  /** Default `heartbeat` */
  expiry?: LeaseExpiry;
}

/** A request for a position in the wait list, as this package makes it. */
export interface WaitRequest extends LeaseRequest {
  /**
   * The holder has no other lease, so its waiting closes no circle. The search for a circle takes time as the square of
   * the wait list's length, and is omitted
   */
  isNewHolder?: boolean;
  /** How many blocking leases to name if it waits, those in force before those that wait. Default: all */
  mostNamed?: number;
  /** A lease that waited before Redis restarted and lost it: the request gets its id and secret again */
  lost?: LeaseSecret;
}

export interface AcquireRequest extends LeaseRequest {
  /** `refuse` (default): all or nothing. `skip`: the free records; the rest is in `skipped` */
  onConflict?: 'refuse' | 'skip';
}

export interface TakeOverRequest extends LeaseRequest {
  /** The leases that it may end. If any other lease blocks, nothing happens */
  leaseIds: readonly LeaseId[];
  by: Actor;
  /** For the audit trail, and for the holders that lose their leases */
  reason: string;
  /** `moved`: it ends only leases of `by` as a person. Default `taken over` */
  end?: 'taken over' | 'moved';
}

export interface RevokeRequest {
  /** 1 to 1,000 */
  leaseIds: readonly LeaseId[];
  by: Actor;
  /** For the audit trail, and for the holders that lose their leases */
  reason: string;
}

/** A lease in force, for its owner. */
export interface AcquiredLease extends OwnedLease {
  since: number;
  /** With `skip`: the blocked records */
  skipped: readonly RecordKey[];
  /** With `skip`: the leases that block them */
  conflicts: readonly Conflict[];
}

/** A lease with a position in the wait list. It covers no records yet. */
export interface WaitingLease {
  leaseId: LeaseId;
  secret: string;
  ttlMs: number;
  /** 1 is next */
  position: number;
  conflicts: readonly Conflict[];
  /** How many leases block it, also if not all of them are named */
  conflictCount: number;
}

/** A new secret: 122 random bits. Node draws them in advance, which `randomBytes` does not. */
export const newSecret = (): string => randomUUID();

/** A holder as Redis stores it: each text for people on one line. */
export const holderJson = ({ type, id, label, actor, sharesWithUser }: Holder): string =>
  JSON.stringify({
    type,
    id,
    label: plainText(label),
    actor: toActor(actor),
    ...(sharesWithUser && type === 'person' && { sharesWithUser }),
  } satisfies Holder);

/** An actor as Redis stores it, without any fields of the application. */
export const actorJson = (actor: Actor): string => JSON.stringify(toActor(actor));

const toActor = ({ id, name }: Actor): Actor => ({ id, name: plainText(name) });

export const toLeaseSecret = ({ id, secret }: OwnedLease): LeaseSecret => ({ leaseId: id, secret });

/** @throws {RowlockError} `bad_request`, `too_many_records` */
export function assertRequest({
  records,
  ttlMs = DEFAULT_TTL_MS,
}: Pick<LeaseRequest, 'records' | 'ttlMs'>): void {
  if (records.length === 0) {
    throw new RowlockError('bad_request', 'The request names no records. Name at least one.');
  }
  assertAtMost(records.length, MAX_RECORDS_PER_LEASE, 'one lease covers');
  assertTtl(ttlMs);
}

/** @throws {RowlockError} `bad_request` */
export const assertTtl = (ttlMs: number | undefined): void =>
  assertDuration('ttlMs', ttlMs, { atLeastMs: MIN_TTL_MS, atMostMs: YEAR_MS, isWhole: true });

/** @throws {RowlockError} `too_many_records` */
export function assertAtMost(count: number, most: number, what: string): void {
  if (count <= most) return;
  throw new RowlockError(
    'too_many_records',
    `The request names ${count} records, and ${what} at most ${most}. Narrow the selection.`,
  );
}

const MAX_REVOKED = 1_000;
const LEASE_ID = /^[1-9][0-9]{0,19}$/;

/** @throws {RowlockError} `bad_request` */
export function assertRevocation({ leaseIds }: Pick<RevokeRequest, 'leaseIds'>): void {
  const malformed = leaseIds.find((id) => !LEASE_ID.test(id));
  if (malformed !== undefined) {
    throw new RowlockError(
      'bad_request',
      `${JSON.stringify(malformed)} is not a lease id. Nothing was revoked; give the digits of an id.`,
    );
  }
  if (leaseIds.length === 0 || leaseIds.length > MAX_REVOKED) {
    throw new RowlockError(
      'bad_request',
      `The request names ${leaseIds.length} leases, and one call revokes 1 to ${MAX_REVOKED}. Nothing was revoked.`,
    );
  }
}
