/** A lease is extended by many records in several steps. Each step is atomic, and all of them are checked first. */
import type { Conflict, LeaseId, LockMode, LockScope, RecordKey } from '@rowlock/protocol';
import { ConflictError } from '../../errors.ts';
import { mergeConflicts } from '../../locks/registry/leaseRow.ts';
import type { LockRegistry } from '../../locks/registry/lockRegistry.ts';
import { MAX_RECORDS_PER_STEP } from '../../locks/registry/requests.ts';

/** At least one step: the registry refuses an empty list. */
export function splitIntoSteps(records: readonly RecordKey[]): RecordKey[][] {
  const steps = [records.slice(0, MAX_RECORDS_PER_STEP)];
  for (let start = MAX_RECORDS_PER_STEP; start < records.length; start += MAX_RECORDS_PER_STEP) {
    steps.push(records.slice(start, start + MAX_RECORDS_PER_STEP));
  }
  return steps;
}

/**
 * Checks all records before the first of several steps, so that a refusal adds nothing. If somebody acquires a record
 * between two steps, the records of earlier steps stay in the lease until it ends. They cannot be released again, since a
 * child may have been launched on them.
 * @throws {ConflictError} if a lease other than `leaseId` blocks one of them
 */
export async function assertFree(
  registry: Pick<LockRegistry, 'getConflicts'>,
  leaseId: LeaseId,
  steps: readonly RecordKey[][],
  { mode, scope }: { mode: LockMode; scope: LockScope },
): Promise<void> {
  const found: Conflict[] = [];
  for (const some of steps) found.push(...(await registry.getConflicts({ records: some, mode, scope })));
  const conflicts = mergeConflicts([found.filter(({ lease }) => lease.id !== leaseId)]);
  if (conflicts.length > 0) throw new ConflictError(conflicts);
}
