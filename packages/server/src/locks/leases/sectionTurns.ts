/** The turns of critical sections: parallel branches of one tree that lock the same records run one after the other. */
import { type RecordKey, resourceOf, wholeResource } from '@rowlock/protocol';
import type { Section, SectionRequest } from './sectionTypes.ts';

export function findEarlierBranches(section: Section): Section[] {
  if (section.request.takesTurns === false) return [];
  const above = new Set(withParents(section));
  return [...section.tree].filter(
    (other) =>
      !above.has(other) && other.request.takesTurns !== false && overlap(section.request, other.request),
  );
}

/** A branch ends after every branch that it waits for, and after its inner sections. */
export function waitsForItself(section: Section): boolean {
  const own = new Set(withParents(section));
  const seen = new Set<Section>();
  const leadsBack = (other: Section): boolean => {
    if (own.has(other)) return true;
    if (seen.has(other)) return false;
    seen.add(other);
    const inside = [...section.tree].filter(({ parent }) => parent === other);
    return [...other.waitsFor, ...inside].some(leadsBack);
  };
  return section.waitsFor.some(leadsBack);
}

/** @throws the signal's reason */
export async function waitForTurn({ waitsFor, request: { signal } }: Section): Promise<void> {
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

function withParents(section: Section): Section[] {
  return section.parent ? [section, ...withParents(section.parent)] : [section];
}

function overlap(a: SectionRequest, b: SectionRequest): boolean {
  if (a.namespace !== b.namespace || (a.mode === 'shared' && b.mode === 'shared')) return false;
  // Only the hierarchy knows the records of a subtree, and its answer takes time: such branches run alone.
  if (a.scope === 'subtree' || b.scope === 'subtree') return a.records.length > 0 && b.records.length > 0;
  return covers(a.records, b.records) || covers(b.records, a.records);
}

/** Whether any of `others` is among `some`, by itself or as a part of a whole resource. */
function covers(some: readonly RecordKey[], others: readonly RecordKey[]): boolean {
  const keys = new Set(some);
  return others.some((key) => keys.has(key) || keys.has(wholeResource(resourceOf(key))));
}
