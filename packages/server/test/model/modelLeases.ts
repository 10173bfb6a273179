/**
 * The leases of the model, and which of them blocks which. Everything follows from one question (do two locks overlap?) and
 * one rule: a waiting lease comes into force when no other lease blocks it.
 */
import type { LockMode, RecordKey } from '@rowlock/protocol';
import type { Blocker } from './calls.ts';
import { doOverlap, isUnder, type Lock, sortedKeys } from './modelLocks.ts';
import { userOf } from './universe.ts';

export interface Lease {
  name: string;
  holder: number;
  /** With the other tab of the user */
  shares: boolean;
  mode: LockMode;
  secret: string;
  standing: 'held' | 'waiting' | 'ended';
  heartbeats: number;
  locks: Lock[];
  /** The locks that it has released before its end */
  freed: Lock[];
}

export interface Registry {
  /** In the order of their requests, also those that have ended */
  leases: Lease[];
}

export const emptyRegistry = (): Registry => ({ leases: [] });

/** Whether a lease blocks a lock. A lock on a subtree is also blocked by locks below it that the lease has freed. */
export const blocks = (lease: Lease, wanted: Lock) =>
  lease.locks.some((lock) => doOverlap(lock, wanted)) || lease.freed.some((lock) => isUnder(lock, wanted));

/** The tabs of one user that share do not block each other. */
const isTogether = (lease: Lease, asker: Asker | undefined) =>
  lease.shares && asker?.shares === true && userOf(lease.holder) === userOf(asker.holder);

export type Asker = Pick<Lease, 'holder' | 'shares'>;

export function listBlockers(
  leases: readonly Lease[],
  wanted: readonly Lock[],
  mode: LockMode,
  asker?: Asker,
): Blocker[] {
  return leases
    .filter((lease) => lease.standing !== 'ended' && (mode === 'exclusive' || lease.mode === 'exclusive'))
    .filter((lease) => !isTogether(lease, asker))
    .map((lease) => ({
      lease: lease.name,
      records: sortedKeys(wanted.filter((lock) => blocks(lease, lock))),
      isWaiting: lease.standing === 'waiting',
    }))
    .filter((conflict) => conflict.records.length > 0);
}

/** The leases that block a waiting lease: those in force, and those that have waited longer. */
function leasesAhead(registry: Registry, waiting: Lease): Lease[] {
  const position = registry.leases.indexOf(waiting);
  return registry.leases.filter(
    (lease, i) =>
      (lease.standing === 'held' || (lease.standing === 'waiting' && i < position)) &&
      listBlockers([lease], waiting.locks, waiting.mode, waiting).length > 0,
  );
}

export const positionOf = (registry: Registry, lease: Lease) =>
  1 + leasesAhead(registry, lease).filter((other) => other.standing === 'waiting').length;

/** The rule of the wait list. It is applied after every call. */
export function bringIntoForce(registry: Registry): void {
  for (const lease of registry.leases) {
    if (lease.standing !== 'waiting' || leasesAhead(registry, lease).length > 0) continue;
    lease.standing = 'held';
    lease.heartbeats = 0;
  }
}

/** Whether a blocking holder waits for a lease of `holder`, directly or through other holders. */
export function wouldDeadlock(registry: Registry, holder: number, conflicts: readonly Blocker[]): boolean {
  const named = new Set(conflicts.map((conflict) => conflict.lease));
  const open = registry.leases.filter((lease) => named.has(lease.name) && lease.holder !== holder);
  const seen = new Set<number>();
  for (const { holder: other } of open) {
    if (other === holder) return true;
    if (seen.has(other)) continue;
    seen.add(other);
    for (const lease of registry.leases)
      if (lease.holder === other && lease.standing === 'waiting') open.push(...leasesAhead(registry, lease));
  }
  return false;
}

export const covers = (lease: Lease, row: RecordKey) =>
  lease.locks.some((lock) => lock.key === row || isUnder({ key: row, isSubtree: false }, lock));

/**
 * Whether another tab of the user holds some of the records too, or waits for them. The registry also counts a lock of that tab on a subtree above
 * a record that the lease has released.
 */
export const isCoHeld = (registry: Registry, lease: Lease): boolean =>
  lease.shares &&
  registry.leases.some(
    (other) =>
      other !== lease &&
      other.standing !== 'ended' &&
      isTogether(other, lease) &&
      (lease.mode === 'exclusive' || other.mode === 'exclusive') &&
      (listBlockers([other], lease.locks, lease.mode).length > 0 ||
        other.locks.some((lock) => lease.freed.some((freed) => isUnder(freed, lock)))),
  );
