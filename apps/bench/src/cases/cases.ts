/** The parts of the bench, in the order in which they run. */
export const CASES = ['memory', 'one', 'flat', 'subtree', 'cost', 'blocking', 'contention'] as const;

export type Case = (typeof CASES)[number];
