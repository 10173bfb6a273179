/**
 * Checks that concurrent calls were answered as if they had run one after the other. It searches for an order in which
 * the model gives the same answers and reaches the same state (after Wing and Gong, 1993).
 */
import { isDeepStrictEqual } from 'node:util';
import type { Answer, Call, View } from './calls.ts';
import type { Registry } from './modelLeases.ts';
import { viewOf } from './modelView.ts';
import { applyTo } from './registryModel.ts';

export interface Answered {
  call: Call;
  answer: Answer;
  /** Others acquired in parts at the same time, and their parts are visible. So only the kind of the answer is compared */
  isInParts?: boolean;
}

/**
 * Every state in which the registry may be now, if it was in one of `before`. Several orders may explain the answers, and
 * differ only in later answers. The result is empty if the answers contradict each other.
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
      // A request that gave up has left nothing behind, in whichever state.
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

/** The age of a lease in parts is that of its first part, which nobody has seen. So the order of leases is not compared. */
function isSameEnd(wanted: View, end: View, calls: readonly Answered[]): boolean {
  if (!calls.some((call) => call.isInParts)) return isDeepStrictEqual(wanted, end);
  return isDeepStrictEqual(
    { ...wanted, leases: wanted.leases.sort() },
    { ...end, leases: end.leases.toSorted() },
  );
}

function isSame(wanted: Answer, { answer, isInParts }: Answered): boolean {
  if (!isInParts) return isDeepStrictEqual(wanted, answer);
  // The lease was on the wait list from its first part on, and came into force before its last part.
  if (wanted.kind === 'waiting' && answer.kind === 'acquired') return true;
  if (wanted.kind !== answer.kind) return false;
  return wanted.kind !== 'acquired' || (answer.kind === 'acquired' && wanted.count === answer.count);
}
