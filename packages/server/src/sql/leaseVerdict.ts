/** Judges a lease by the rows of the lease table. Pure. */
import type { SqlRow } from './connection.ts';
import type { FencedOffBy } from './fencedOffError.ts';

/** A lease as its holder has it: a `LeaseHandle`, or `{ id: leaseId, fence }` of a guarded write. */
export interface FencedLease {
  /** Decimal digits */
  id: string;
  /**
   * Decimal digits. It rises when the lease is extended or transferred, and with each attempt of its task. Read it
   * for each transaction
   */
  fence: string;
}

/** The id of the row that holds the floor: the highest fence of all rows that were cleaned up. */
export const FLOOR_ID = '0';

/** The id of the row by which a revoker announces itself, before it waits for the lease's own row. */
export const announcementId = (leaseId: string): string => `-${leaseId}`;

/**
 * Why the lease may not write, or undefined if it may. A lease that is not in the table may write: its first
 * transaction registers it. But a lease that was registered just now and is not above the floor may have been revoked
 * and cleaned up.
 *
 * @param registeredAtMs the moment at which this transaction has registered leases, if it did
 */
export function verdictOn(
  { id, fence }: FencedLease,
  rows: readonly SqlRow[],
  registeredAtMs?: number,
): FencedOffBy | undefined {
  const ofLease = rows.filter((row) => row.id === id || row.id === announcementId(id));
  const revoked = ofLease.find((row) => isSet(row.revoked));
  if (revoked) {
    return {
      kind: 'revoked',
      leaseId: id,
      reason: String(revoked.reason ?? 'no reason given'),
      revokedAtMs: Number(revoked.revoked),
    };
  }
  const own = ofLease.find((row) => row.id === id);
  if (own && BigInt(String(own.fence)) > BigInt(fence)) {
    return { kind: 'later fence', leaseId: id, fence: String(own.fence) };
  }
  const floor = rows.find((row) => row.id === FLOOR_ID)?.fence;
  const isNew = own !== undefined && Number(own.registered) === registeredAtMs;
  if (isNew && isSet(floor) && BigInt(fence) <= BigInt(String(floor))) {
    return { kind: 'forgotten', leaseId: id, floor: String(floor) };
  }
  return undefined;
}

const isSet = (value: unknown): boolean => value !== null && value !== undefined;
