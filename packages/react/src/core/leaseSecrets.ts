/** Finds the leases by which this tab can prove that it holds records. Pure. */
import {
  type LeaseId,
  type LeaseSecret,
  type LockMode,
  type RecordKey,
  resourceOf,
  wholeResource,
} from '@rowlock/protocol';
import { findHeldSecret, findLeaseSecret } from './leaseHandle.ts';
import type { TabLease } from './tabLease.ts';

/** Whether one of the leases covers all of these records in that mode, and can be proven. */
export const hasSecretFor = (
  leases: Iterable<TabLease>,
  records: readonly RecordKey[],
  mode: LockMode,
): boolean => [...leases].some((lease) => findHeldSecret(lease.state) && covers(lease, records, mode));

/** The lease with that id, or an exclusive one that covers all of the records, if its secret is known. */
export const findProvable = (
  leases: Iterable<TabLease>,
  wanted: LeaseId | readonly RecordKey[],
): TabLease | undefined =>
  [...leases].find((lease) => {
    const leaseSecret = findHeldSecret(lease.state);
    return leaseSecret !== undefined && isWanted(lease, leaseSecret, wanted);
  });

/** Id and secret of the lease with that id, or of an exclusive one that covers all of the records. */
export function findSecretFor(
  leases: Iterable<TabLease>,
  wanted: LeaseId | readonly RecordKey[],
): LeaseSecret | undefined {
  const lease = findProvable(leases, wanted);
  return lease && findHeldSecret(lease.state);
}

/** Also of leases that wait. */
export const listSecrets = (leases: Iterable<TabLease>): LeaseSecret[] =>
  [...leases].map((lease) => findLeaseSecret(lease.state)).filter((leaseSecret) => leaseSecret !== undefined);

const isWanted = (
  lease: TabLease,
  { leaseId }: LeaseSecret,
  wanted: LeaseId | readonly RecordKey[],
): boolean => (typeof wanted === 'string' ? leaseId === wanted : covers(lease, wanted, 'exclusive'));

/** Whether the lease covers all of the records in that mode. An exclusive lease serves for a shared one, too. */
function covers(lease: TabLease, records: readonly RecordKey[], mode: LockMode): boolean {
  if (records.length === 0 || (mode === 'exclusive' && lease.wish.mode === 'shared')) return false;
  const covered = new Set(lease.records);
  return records.every((key) => covered.has(key) || covered.has(wholeResource(resourceOf(key))));
}
