/** A lease of the server in memory, and which records it covers and shares. */
import {
  type Actor,
  type Holder,
  type LeaseId,
  type LeaseView,
  type LockMode,
  type LockScope,
  type OwnedLease,
  type RecordKey,
  resourceOf,
  wholeResource,
} from '@rowlock/protocol';
import { randomToken } from '../core/randomToken.ts';
import type { MemoryTab } from './memoryTab.ts';

export interface MemoryLease {
  view: LeaseView;
  records: Set<RecordKey>;
  secret: string;
  fence: string;
  scope: LockScope;
  /** Undefined for a task, for somebody outside of the tabs, and for a tab that has disconnected */
  tab: MemoryTab | undefined;
}

export interface NewMemoryLease {
  holder: Holder;
  mode: LockMode;
  /** Default `record` */
  scope?: LockScope;
  since: number;
  tab: MemoryTab | undefined;
  /** Replaces the lease with this id. Default: a new one */
  leaseId?: LeaseId | undefined;
}

export function createMemoryLease(
  records: readonly RecordKey[],
  { holder, mode, scope = 'record', since, tab, leaseId }: NewMemoryLease,
  fence: string,
): MemoryLease {
  const covered = new Set(records);
  const view: LeaseView = { id: leaseId ?? fence, holder, mode, since, recordCount: covered.size };
  return { view, records: covered, secret: randomToken(), fence, scope, tab };
}

/** The lease as its own tab gets it. */
export const owned = ({ view, secret, fence }: MemoryLease): OwnedLease => ({
  id: view.id,
  secret,
  fence,
  ttlMs: 15_000,
  recordCount: view.recordCount,
});

/** Whether records that may be whole resources include this one. */
export const covers = (records: ReadonlySet<RecordKey>, key: RecordKey): boolean =>
  records.has(key) || records.has(wholeResource(resourceOf(key)));

/** The same, also if `key` is a whole resource of which they include a part. */
export function overlaps(records: ReadonlySet<RecordKey>, key: RecordKey): boolean {
  if (covers(records, key)) return true;
  return key.endsWith('/*') && [...records].some((each) => resourceOf(each) === resourceOf(key));
}

export const isTabOf = (actor: Actor, { view: { holder } }: MemoryLease): boolean =>
  holder.type === 'person' && holder.actor.id === actor.id;

/** The user whose other tabs may hold the records of this lease too. */
export const sharerOf = ({ view: { holder } }: MemoryLease): Actor | undefined =>
  holder.sharesWithUser ? holder.actor : undefined;

export const isSharedWith = (sharer: Actor | undefined, lease: MemoryLease): boolean =>
  sharer !== undefined && sharerOf(lease)?.id === sharer.id;
