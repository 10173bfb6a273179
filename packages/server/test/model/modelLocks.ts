/** The locks of the model: which records a lock covers, and whether two locks overlap. */
import { type LockScope, type RecordKey, resourceOf, wholeResource } from '@rowlock/protocol';
import { belowResource, getAncestors } from './universe.ts';

/** A lock on a record alone, or also on all records below it. A whole resource always includes those below. */
export interface Lock {
  key: RecordKey;
  isSubtree: boolean;
}

export function locksOf(records: readonly RecordKey[], scope: LockScope): Lock[] {
  const isWhole = (key: RecordKey) => key.endsWith('/*');
  const keys = new Set(records);
  // A whole resource also locks all resources whose rows may be below its own.
  if (scope === 'subtree')
    for (const key of records)
      if (isWhole(key)) for (const name of belowResource(resourceOf(key))) keys.add(wholeResource(name));
  return [...keys].map((key) => ({ key, isSubtree: scope === 'subtree' || isWhole(key) }));
}

/** All records whose subtree contains the locked record. For a subtree: contains a part of it. */
function above({ key, isSubtree }: Lock): RecordKey[] {
  if (key.endsWith('/*')) return [];
  const resources = [resourceOf(key), ...(isSubtree ? belowResource(resourceOf(key)) : [])];
  return [...resources.map(wholeResource), ...getAncestors(key)];
}

/** Whether the record of `lower` is below that of `upper`, and `upper` also locks all records below its own. */
export const isUnder = (lower: Lock, upper: Lock) => upper.isSubtree && above(lower).includes(upper.key);

export const doOverlap = (one: Lock, other: Lock) =>
  one.key === other.key || isUnder(one, other) || isUnder(other, one);

export const sortedKeys = (locks: readonly Lock[]) => locks.map((lock) => lock.key).sort();
