/** The records of acquired leases: from the log entries that name them, else from Redis, in one round trip. */
import type { LeaseId } from '@rowlock/protocol';
import type { LogEntry } from '../../changeLog/entry.ts';
import { type Coverage, readCoverage } from '../../locks/registry/coverage.ts';
import type { LockRegistry } from '../../locks/registry/lockRegistry.ts';

export async function readAcquiredCoverage(
  registry: Pick<LockRegistry, 'getCoverage'>,
  entries: readonly LogEntry[],
): Promise<Map<LeaseId, Coverage>> {
  const coverage = new Map<LeaseId, Coverage>();
  const unnamed: LeaseId[] = [];
  for (const entry of entries) {
    if (entry.kind !== 'acquired') continue;
    if (entry.chunks) coverage.set(entry.lease.id, readCoverage(entry.chunks));
    else unnamed.push(entry.lease.id);
  }
  if (unnamed.length === 0) return coverage;
  return new Map([...coverage, ...(await registry.getCoverage(unnamed))]);
}
