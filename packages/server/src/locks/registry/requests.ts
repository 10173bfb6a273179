/** What may be asked of the registry, and what it grants. */
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

/** What one script takes; it blocks Redis for about 10 ms. More than that is claimed in parts. */
export const MAX_RECORDS_PER_STEP = 10_000;
export const MAX_RECORDS_PER_LEASE = 200_000;
/** A part blocks Redis for about 4 ms. */
const PART_SIZE = 4_000;

/** How much goes into one script, in records. */
export interface StepSizes {
  /** A claim of more is made in parts */
  maxRecordsPerStep: number;
  partSize: number;
}
export const STEP_SIZES: StepSizes = { maxRecordsPerStep: MAX_RECORDS_PER_STEP, partSize: PART_SIZE };

export const DEFAULT_TTL_MS = 10_000;
const MIN_TTL_MS = 1_000;

/**
 * How a lease comes to its end when its holder falls silent: by `heartbeat` alone, or `supervised`, where somebody
 * who knows better (the task queue) decides: a task that waits has no heartbeat and still holds its records.
 */
export type LeaseExpiry = 'heartbeat' | 'supervised';

export interface ClaimRequest {
  holder: Holder;
  /** 1 to `MAX_RECORDS_PER_LEASE` keys; doubles count once. `cities/*` is the whole resource */
  records: readonly RecordKey[];
  /** Default `exclusive` */
  mode?: LockMode;
  /** Default `record` */
  scope?: LockScope;
  /** How long the heartbeat may stand still, in ms. Default 10,000, at least 1,000, at most a year */
  ttlMs?: number;
  /** Default `heartbeat` */
  expiry?: LeaseExpiry;
}

/** What this package's own rooms may say beside when they ask for a position in the wait list. */
export interface QueueRequest extends ClaimRequest {
  /**
   * The holder has no other lease, so that its waiting closes no circle. To look for one takes as long as the square of
   * the line, and is left out
   */
  isNewHolder?: boolean;
  /** Where it waits, so many of the leases in the way are named, those in force before those that wait. Default: all */
  mostNamed?: number;
}

export interface AcquireRequest extends ClaimRequest {
  /** `refuse` (default): all or nothing. `skip`: what is free; the rest is in `skipped` */
  onConflict?: 'refuse' | 'skip';
}

export interface TakeOverRequest extends ClaimRequest {
  /** The leases that may be ended for it; if any other is in the way, nothing happens */
  evict: readonly LeaseId[];
  by: Actor;
  /** For the audit trail, and for who loses its lease */
  reason: string;
}

export interface RevokeRequest {
  /** 1 to 1,000 */
  leaseIds: readonly LeaseId[];
  by: Actor;
  /** For the audit trail, and for who loses its lease */
  reason: string;
}

/** A lease as its owner has it. */
export interface Grant extends OwnedLease {
  since: number;
  /** With `skip`: the records that were not free */
  skipped: readonly RecordKey[];
  /** With `skip`: the leases on them */
  conflicts: readonly Conflict[];
}

/** A position in the wait list for records that are not free yet. */
export interface Ticket {
  /** The lease that it becomes; until then it holds nothing */
  leaseId: LeaseId;
  secret: string;
  ttlMs: number;
  /** 1 for who is next */
  position: number;
  conflicts: readonly Conflict[];
  /** How many leases are in the way, also where not all are named */
  conflictCount: number;
}

/** A holder as it is written down: what people read of it is one line each. */
export const holderJson = ({ type, id, label, actor }: Holder): string =>
  JSON.stringify({
    type,
    id,
    label: plainText(label),
    actor: { id: actor.id, name: plainText(actor.name) },
  } satisfies Holder);

export const toLeaseSecret = ({ id, secret }: OwnedLease): LeaseSecret => ({ leaseId: id, secret });

/** @throws {RowlockError} `bad_request`, `too_many_records` */
export function assertRequest({
  records,
  ttlMs = DEFAULT_TTL_MS,
}: Pick<ClaimRequest, 'records' | 'ttlMs'>): void {
  if (records.length === 0) {
    throw new RowlockError('bad_request', 'A lease covers at least one record; none was given.');
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
    `${count} records were asked for, and ${what} at most ${most}. Narrow the selection.`,
  );
}

const MAX_REVOKED = 1_000;
const LEASE_ID = /^[1-9][0-9]{0,19}$/;

/** @throws {RowlockError} `bad_request` */
export function assertRevocation({ leaseIds }: Pick<RevokeRequest, 'leaseIds'>): void {
  const malformed = leaseIds.find((id) => !LEASE_ID.test(id));
  if (malformed !== undefined) {
    throw new RowlockError('bad_request', `${JSON.stringify(malformed)} is no lease id, which is digits.`);
  }
  if (leaseIds.length === 0 || leaseIds.length > MAX_REVOKED) {
    throw new RowlockError(
      'bad_request',
      `1 to ${MAX_REVOKED} leases are revoked at once, not ${leaseIds.length}.`,
    );
  }
}
