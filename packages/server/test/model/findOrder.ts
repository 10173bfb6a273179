/**
 * Whether calls that were made at the same time were answered as if one had come after the other: searches an order in
 * which the model gives the same answers and comes to the same end (after Wing and Gong, 1993).
 */
import { isDeepStrictEqual } from 'node:util';
import type { Answer, Call, View } from './calls.ts';
import { applyTo, type Registry, viewOf } from './registryModel.ts';

export interface Answered {
  call: Call;
  answer: Answer;
  /** Claims in parts were made meanwhile, which are seen in parts: only what became of the call counts */
  isInParts?: boolean;
}

/**
 * Every state in which the registry may be by now, where it was in one of `before`. Several orders may explain what was
 * seen, and differ in what will be seen later; none does where the answers contradict each other.
 */
export function findOrders(before: readonly Registry[], calls: readonly Answered[], end: View): Registry[] {
  const found = new Map<string, Registry>();
  const search = (state: Registry, left: readonly Answered[]): void => {
    if (left.length === 0) {
      if (isSameEnd(viewOf(state), end, calls)) found.set(JSON.stringify(state), state);
      return;
    }
    for (const next of left) {
      const after = structuredClone(state);
      // Who gave up has left nothing, whatever was there.
      if (next.answer.kind !== 'contended' && !isSame(applyTo(after, next.call), next)) continue;
      search(
        after,
        left.filter((other) => other !== next),
      );
    }
  };
  for (const state of before) search(state, calls);
  return [...found.values()];
}

/** The age of a claim in parts is that of its first one, at which nobody has seen it. */
function isSameEnd(wanted: View, end: View, calls: readonly Answered[]): boolean {
  if (!calls.some((call) => call.isInParts)) return isDeepStrictEqual(wanted, end);
  return isDeepStrictEqual(
    { ...wanted, leases: wanted.leases.sort() },
    { ...end, leases: end.leases.toSorted() },
  );
}

function isSame(wanted: Answer, { answer, isInParts }: Answered): boolean {
  if (!isInParts) return isDeepStrictEqual(wanted, answer);
  // It stood in the line from its first part on, and had come into force before its last.
  if (wanted.kind === 'waiting' && answer.kind === 'acquired') return true;
  if (wanted.kind !== answer.kind) return false;
  return wanted.kind !== 'acquired' || (answer.kind === 'acquired' && wanted.count === answer.count);
}
