/** Leases as this program shows them. */
import type { FoundLease } from '../locks/registry/listing.ts';
import { age, table } from './table.ts';

export const leaseJson = ({ lease, isWaiting, heartbeat }: FoundLease) => ({
  ...lease,
  isWaiting,
  heartbeat,
});

export function leaseTable(found: readonly FoundLease[], nowMs: number): string[] {
  return table(
    ['LEASE', 'HOLDER', 'OF', 'SINCE', 'AGE', 'MODE', 'RECORDS', 'HEARTBEAT'],
    found.map(({ lease, isWaiting, heartbeat }) => [
      lease.id,
      `${lease.holder.type} "${lease.holder.label}"`,
      lease.holder.actor.name,
      new Date(lease.since).toISOString().replace(/\.\d+Z$/, 'Z'),
      age(nowMs, lease.since),
      isWaiting ? `${lease.mode}, waits` : lease.mode,
      String(lease.recordCount),
      String(heartbeat),
    ]),
  );
}
