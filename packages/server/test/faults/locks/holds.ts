/**
 * Lists the holds of a history: which client certainly held which records, and when. A hold begins with the answer by
 * which the client acquires the records. It ends when the client begins to release them, or when the lease was last known to be in force,
 * whichever comes first.
 *
 * A lease is known to be in force while its holder's signal has not aborted. If a later call under the lease succeeds,
 * the lease was in force until that call.
 */
import type { LeaseId, LockMode, LockScope, RecordKey } from '@rowlock/protocol';
import { endOf, type Operation } from './history.ts';

/** The parts that a lock on a record covers. Two locks overlap if they have a part in common. */
export type CellsOf = (record: RecordKey, scope: LockScope) => readonly string[];

export interface Hold {
  leaseId: LeaseId;
  client: string;
  mode: LockMode;
  cells: ReadonlySet<string>;
  fromMs: number;
  untilMs: number;
}

interface Lease {
  client: string;
  mode: LockMode;
  scope: LockScope;
  knownUntilMs: number;
  open: { cells: Set<string>; fromMs: number }[];
  closed: { cells: Set<string>; fromMs: number; untilMs: number }[];
}

export function certainHolds(history: readonly Operation[], cellsOf: CellsOf): Hold[] {
  const leases = new Map<LeaseId, Lease>();
  const cells = (lease: Lease, records: readonly RecordKey[]) =>
    new Set(records.flatMap((record) => cellsOf(record, lease.scope)));

  function close(lease: Lease, untilMs: number): Set<string>[] {
    const held = lease.open.map((segment) => segment.cells);
    for (const segment of lease.open) lease.closed.push({ ...segment, untilMs });
    lease.open = [];
    return held;
  }

  for (const operation of history.toSorted((a, b) => endOf(a) - endOf(b))) {
    if (!('leaseId' in operation) && operation.verb !== 'acquire') continue;
    if (operation.verb === 'acquire') {
      if (operation.answer.kind !== 'acquired') continue;
      const { leaseId, skipped } = operation.answer;
      const { client, mode, scope, endMs } = operation;
      const lease: Lease = { client, mode, scope, knownUntilMs: endMs, open: [], closed: [] };
      const left = new Set(skipped);
      const acquired = operation.records.filter((record) => !left.has(record));
      lease.open.push({ cells: cells(lease, acquired), fromMs: endMs });
      leases.set(leaseId, lease);
      continue;
    }
    const lease = leases.get(operation.leaseId);
    if (!lease) continue;
    if (operation.verb === 'certain') {
      lease.knownUntilMs = Math.max(lease.knownUntilMs, operation.atMs);
      continue;
    }
    const { beginMs, endMs, answer } = operation;
    const hasSucceeded = answer.kind === 'acquired' || answer.kind === 'done';
    if (hasSucceeded) lease.knownUntilMs = Math.max(lease.knownUntilMs, beginMs);
    switch (operation.verb) {
      case 'extend':
        if (hasSucceeded) lease.open.push({ cells: cells(lease, operation.records), fromMs: endMs });
        break;
      case 'free': {
        const gone = cells(lease, operation.records);
        for (const held of close(lease, beginMs)) {
          const kept = new Set([...held].filter((cell) => !gone.has(cell)));
          if (kept.size > 0) lease.open.push({ cells: kept, fromMs: beginMs });
        }
        break;
      }
      case 'release':
        close(lease, beginMs);
        break;
      case 'transfer': {
        const held = close(lease, beginMs);
        if (hasSucceeded) lease.open.push(...held.map((cells) => ({ cells, fromMs: endMs })));
        break;
      }
    }
  }

  const holds: Hold[] = [];
  for (const [leaseId, lease] of leases) {
    close(lease, lease.knownUntilMs);
    for (const { cells, fromMs, untilMs } of lease.closed) {
      const certainUntilMs = Math.min(untilMs, lease.knownUntilMs);
      if (certainUntilMs <= fromMs) continue;
      holds.push({ leaseId, client: lease.client, mode: lease.mode, cells, fromMs, untilMs: certainUntilMs });
    }
  }
  return holds;
}
