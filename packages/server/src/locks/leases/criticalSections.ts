/**
 * Critical sections: code that runs under a lease. A section knows its outer section, through awaits and callbacks
 * (`AsyncLocalStorage`). So nested work joins the lease of its own holder instead of conflicting with it.
 *
 * - Code joins a lease only while the lease's section runs. A timer that outlives the section locks like any other code.
 * - A lease is released only after all work that joined it has ended.
 * - The registry cannot distinguish two branches under one lease. They take turns here: a branch that locks the records of
 *   an earlier branch starts after it.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { DeadlockError } from '../../errors.ts';
import { findEarlierBranches, waitForTurn, waitsForItself } from './sectionTurns.ts';
import type { JoinableLease, Section, SectionRequest, TransferableLease } from './sectionTypes.ts';

export type { JoinableLease, Section, SectionRequest, TransferableLease } from './sectionTypes.ts';

const current = new AsyncLocalStorage<Section>();

/**
 * Runs `work` as a section, after the earlier branches that lock the same records.
 * @throws {DeadlockError} if one of them waits for this branch; the signal's reason
 */
export async function runInSection<T>(
  request: SectionRequest,
  work: (section: Section) => Promise<T>,
): Promise<T> {
  let parent = current.getStore();
  while (parent && !parent.tree.has(parent)) parent = parent.parent;
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const tree = parent?.tree ?? new Set();
  const section: Section = {
    request,
    parent,
    tree,
    ended,
    joinedWork: new Set(),
    waitsFor: [],
    transferable: [],
  };
  section.waitsFor = findEarlierBranches(section);
  if (waitsForItself(section)) throw new DeadlockError([], BRANCHES_DEADLOCK);
  tree.add(section);
  try {
    if (section.waitsFor.length > 0) await waitForTurn(section);
    section.waitsFor = [];
    return await current.run(section, work, section);
  } finally {
    tree.delete(section);
    end();
  }
}

/** Runs `fn` under a lease that code inside may join. Returns after all joined work. */
export async function runJoinable<T>(
  section: Section,
  joinable: JoinableLease,
  fn: () => Promise<T>,
): Promise<T> {
  section.joinable = joinable;
  try {
    return await fn();
  } finally {
    section.joinable = undefined;
    await Promise.allSettled(section.joinedWork);
  }
}

/** Runs `fn` under a lease that somebody else acquires and ends. */
export const runUnderLease = <T>(
  namespace: string,
  joinable: JoinableLease,
  fn: () => Promise<T>,
): Promise<T> => runInSection({ namespace, records: [] }, (section) => runJoinable(section, joinable, fn));

/** Runs `fn` under leases that somebody else acquires and ends. Code cannot join them, but a task can take them over. */
export const runWithTransferable = <T>(
  { namespace, transferable }: { namespace: string; transferable: readonly TransferableLease[] },
  fn: () => Promise<T>,
): Promise<T> =>
  runInSection({ namespace, records: [] }, (section) => {
    section.transferable.push(...transferable);
    return fn();
  });

/** The innermost section around the calling code with a lease of this holder. Without a holder: of any. */
export function findJoinable(namespace: string, holder?: JoinableLease['holder']): Section | undefined {
  for (let section = current.getStore(); section; section = section.parent) {
    const { joinable, request } = section;
    if (!joinable || request.namespace !== namespace || joinable.hasEnded?.()) continue;
    const { type, id } = joinable.holder;
    if (!holder || (holder.type === type && holder.id === id)) return section;
  }
  return undefined;
}

/** The leases of the calling code that a task can take over, the innermost first. */
export function listTransferable(namespace: string): TransferableLease[] {
  const found: TransferableLease[] = [];
  for (let section = current.getStore(); section; section = section.parent) {
    const { tree, request, transferable } = section;
    if (tree.has(section) && request.namespace === namespace) found.push(...transferable);
  }
  return found.filter((lease) => !lease.hasEnded());
}

/** The section does not end before the work that has joined its lease. */
export function joinWork<T>(section: Section, work: Promise<T>): Promise<T> {
  section.joinedWork.add(work);
  const leave = () => section.joinedWork.delete(work);
  work.then(leave, leave);
  return work;
}

const BRANCHES_DEADLOCK =
  'Two branches under one lease would wait for each other: each locks records that the other one works on. ' +
  'Nothing was locked. Lock all records of a branch in one call.';
