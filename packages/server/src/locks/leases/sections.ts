/**
 * Sections: pieces of code that run under a lease. A section knows the one it was begun in, through awaits and callbacks
 * (`AsyncLocalStorage`). So a nested save joins the lease of its own holder instead of conflicting with it.
 *
 * - Code joins a lease only while its section runs. A timer that outlives the section locks like any other code.
 * - A lease is not released before all code that joined it has ended.
 * - The registry cannot tell two branches under one lease apart. They take turns here: a branch that locks the records of
 *   an earlier one starts when that one has ended.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Holder,
  type LeaseSecret,
  type LockMode,
  type LockScope,
  type RecordKey,
  resourceOf,
  wholeResource,
} from '@rowlock/protocol';
import { DeadlockError } from '../../errors.ts';
import type { LeaseHandle } from './leaseHandle.ts';

/** A lease that code inside the section may join. */
export interface HostLease {
  holder: Pick<Holder, 'type' | 'id'>;
  mode: LockMode;
  lease: LeaseHandle;
  /** Whether the holder itself has ended the lease before the section has ended. Default: it never does */
  hasEnded?(): boolean;
}

/** A lease of the code in a section that a task can take over. */
export interface TransferableLease extends LeaseSecret {
  /** The actor of its holder */
  ownerId: string;
  hasEnded(): boolean;
  /** A task has it now: the work in the section has lost it */
  onHandedOver(): void;
}

export interface SectionClaim {
  namespace: string;
  records: readonly RecordKey[];
  mode?: LockMode | undefined;
  scope?: LockScope | undefined;
  /** False: the registry alone decides when the section starts. Default true */
  takesTurns?: boolean | undefined;
  /** Ends waiting for the turn; the section rejects with its reason */
  signal?: AbortSignal | undefined;
}

export interface Section {
  readonly claim: SectionClaim;
  readonly parent: Section | undefined;
  /** The running sections of one tree, in the order in which they began */
  readonly family: Set<Section>;
  readonly ended: Promise<void>;
  readonly guests: Set<Promise<unknown>>;
  waitsFor: readonly Section[];
  host?: HostLease | undefined;
  /** What a task can take over that is launched in the section */
  readonly own: TransferableLease[];
}

const current = new AsyncLocalStorage<Section>();

/**
 * Runs `work` as a section, after the earlier branches that lock the same records.
 * @throws {DeadlockError} where one of them itself waits for this branch; the signal's reason
 */
export async function inSection<T>(claim: SectionClaim, work: (section: Section) => Promise<T>): Promise<T> {
  let parent = current.getStore();
  while (parent && !parent.family.has(parent)) parent = parent.parent;
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const family = parent?.family ?? new Set();
  const section: Section = { claim, parent, family, ended, guests: new Set(), waitsFor: [], own: [] };
  section.waitsFor = earlierBranches(section);
  if (waitsForItself(section)) throw new DeadlockError([], BRANCHES_WAIT_IN_A_CIRCLE);
  family.add(section);
  try {
    if (section.waitsFor.length > 0) await turnOf(section);
    section.waitsFor = [];
    return await current.run(section, work, section);
  } finally {
    family.delete(section);
    end();
  }
}

/** Runs `fn` under a lease that code inside may join, and returns when all that joined has ended. */
export async function hostIn<T>(section: Section, lease: HostLease, fn: () => Promise<T>): Promise<T> {
  section.host = lease;
  try {
    return await fn();
  } finally {
    section.host = undefined;
    await Promise.allSettled(section.guests);
  }
}

/** Runs `fn` as code under a lease that somebody else acquired and ends. */
export const runUnder = <T>(namespace: string, lease: HostLease, fn: () => Promise<T>): Promise<T> =>
  inSection({ namespace, records: [] }, (section) => hostIn(section, lease, fn));

/** Runs `fn` as code under leases that somebody else acquired and ends: nothing joins them, but a task can take them over. */
export const ownedBy = <T>(
  { namespace, own }: { namespace: string; own: readonly TransferableLease[] },
  fn: () => Promise<T>,
): Promise<T> =>
  inSection({ namespace, records: [] }, (section) => {
    section.own.push(...own);
    return fn();
  });

/** The innermost section around the calling code whose lease is this holder's. Without a holder: the innermost at all. */
export function findHost(namespace: string, holder?: HostLease['holder']): Section | undefined {
  for (let section = current.getStore(); section; section = section.parent) {
    const { host, claim } = section;
    if (!host || claim.namespace !== namespace || host.hasEnded?.()) continue;
    if (!holder || (holder.type === host.holder.type && holder.id === host.holder.id)) return section;
  }
  return undefined;
}

/** The leases that the calling code itself works under and that a task can take over, the innermost first. */
export function ownLeases(namespace: string): TransferableLease[] {
  const found: TransferableLease[] = [];
  for (let section = current.getStore(); section; section = section.parent) {
    const { family, claim, own } = section;
    if (family.has(section) && claim.namespace === namespace) found.push(...own);
  }
  return found.filter((lease) => !lease.hasEnded());
}

/** The host's section does not end before its guest has. */
export function asGuestOf<T>(host: Section, work: Promise<T>): Promise<T> {
  host.guests.add(work);
  const leave = () => host.guests.delete(work);
  work.then(leave, leave);
  return work;
}

function earlierBranches(section: Section): Section[] {
  if (section.claim.takesTurns === false) return [];
  const above = new Set(withParents(section));
  return [...section.family].filter(
    (other) =>
      !above.has(other) && other.claim.takesTurns !== false && isOverlapping(section.claim, other.claim),
  );
}

/** A branch ends after all that it waits for, and after the sections inside it. */
function waitsForItself(section: Section): boolean {
  const own = new Set(withParents(section));
  const seen = new Set<Section>();
  const leadsBack = (other: Section): boolean => {
    if (own.has(other)) return true;
    if (seen.has(other)) return false;
    seen.add(other);
    const inside = [...section.family].filter(({ parent }) => parent === other);
    return [...other.waitsFor, ...inside].some(leadsBack);
  };
  return section.waitsFor.some(leadsBack);
}

function withParents(section: Section): Section[] {
  return section.parent ? [section, ...withParents(section.parent)] : [section];
}

async function turnOf({ waitsFor, claim: { signal } }: Section): Promise<void> {
  signal?.throwIfAborted();
  let onAbort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal?.reason);
  });
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    await Promise.race([aborted, Promise.all(waitsFor.map(({ ended }) => ended))]);
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}

function isOverlapping(a: SectionClaim, b: SectionClaim): boolean {
  if (a.namespace !== b.namespace || (a.mode === 'shared' && b.mode === 'shared')) return false;
  // Only the hierarchy knows what is below a record, and asking it takes time: such branches run alone.
  if (a.scope === 'subtree' || b.scope === 'subtree') return a.records.length > 0 && b.records.length > 0;
  return isTouching(a.records, b.records) || isTouching(b.records, a.records);
}

function isTouching(some: readonly RecordKey[], others: readonly RecordKey[]): boolean {
  const keys = new Set(some);
  return others.some((key) => keys.has(key) || keys.has(wholeResource(resourceOf(key))));
}

const BRANCHES_WAIT_IN_A_CIRCLE =
  'Two branches under one lease would wait for each other: each locks records on which the other one works. ' +
  'Nothing was locked. Lock all records of a branch in one call.';
