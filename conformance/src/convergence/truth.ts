/** The state of the registry: what every view has to equal. Read in Redis, without a gateway. */
import type { LeaseId, RecordKey, TaskView } from '@rowlock/protocol';
import type { Rowlock } from '@rowlock/server';
import { RECORDS } from './plan.ts';

export interface Truth {
  /** The leases in force on each record, in the order of their ids as texts */
  leases: ReadonlyMap<RecordKey, readonly LeaseId[]>;
  /** The holder of each of these leases */
  holders: ReadonlyMap<LeaseId, string>;
  tasks: readonly TaskView[];
}

export type Leases = Pick<Truth, 'leases' | 'holders'>;

/** As many tasks as a tab is sent at first */
const NEWEST_TASKS = 100;

/** @throws if Redis does not answer */
export async function readLeases({ locks }: Rowlock): Promise<Leases> {
  const found = await locks.listHolders(RECORDS);
  const holders = new Map<LeaseId, string>();
  const leases = new Map<RecordKey, readonly LeaseId[]>();
  for (const key of RECORDS) {
    const inForce = (found.get(key) ?? []).filter(({ isWaiting }) => !isWaiting).map(({ lease }) => lease);
    for (const { id, holder } of inForce) holders.set(id, holder.id);
    leases.set(key, inForce.map(({ id }) => id).sort());
  }
  return { leases, holders };
}

export async function readTruth(rowlock: Rowlock): Promise<Truth> {
  const [leases, { tasks }] = await Promise.all([
    readLeases(rowlock),
    rowlock.tasks.list({ limit: NEWEST_TASKS }),
  ]);
  return { ...leases, tasks };
}
