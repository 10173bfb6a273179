/** How many records of each resource leases cover. Redis counts, so that no list of records travels. */
import type { LeaseId } from '@rowlock/protocol';
import type { Script } from '../../redis/scripts.ts';

/** The part of a resource that one lease covers. */
export interface CoveredResource {
  /** Records, and roots of subtrees. Not the whole resource */
  recordCount: number;
  isWhole: boolean;
  /** It covers something with all that is below, which may include records of this resource */
  hasSubtrees: boolean;
}

/** The leases in force, each with the resources that it covers something of. */
export type CoveredResources = Map<LeaseId, Map<string, CoveredResource>>;

/** Counting them takes Redis a few ms. */
const RECORDS_AT_ONCE = 20_000;
const LEASES_AT_ONCE = 1_000;
const ROW_LENGTH = 5;

export async function countRecords(script: Script, leaseIds: readonly LeaseId[]): Promise<CoveredResources> {
  const covered: CoveredResources = new Map();
  for (let done = 0; done < leaseIds.length; ) {
    const batch = leaseIds.slice(done, done + LEASES_AT_ONCE);
    const [looked, rows] = (await script(RECORDS_AT_ONCE, ...batch)) as [number, (string | number)[]];
    readRows(rows, covered);
    done += looked;
  }
  return covered;
}

function readRows(rows: readonly (string | number)[], into: CoveredResources): void {
  for (let i = 0; i < rows.length; i += ROW_LENGTH) {
    const [leaseId, resource, recordCount, isWhole, hasSubtrees] = rows.slice(i, i + ROW_LENGTH);
    const resources = into.get(String(leaseId)) ?? new Map<string, CoveredResource>();
    into.set(String(leaseId), resources);
    resources.set(String(resource), {
      recordCount: Number(recordCount),
      isWhole: isWhole === 1,
      hasSubtrees: hasSubtrees === 1,
    });
  }
}
