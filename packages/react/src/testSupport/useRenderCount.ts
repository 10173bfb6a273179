/** Counts the renders of a component, whatever React does with them. */
export function useRenderCount(counts: Record<string, number>, name: string) {
  counts[name] = (counts[name] ?? 0) + 1;
}
