/** A rendered row of a virtual list. Gaps stand for the rows between that are not rendered. */
export interface PlacedRow {
  index: number;
  /** In px, before the row */
  gap: number;
}

interface Measured {
  index: number;
  start: number;
  end: number;
}

/** Adds the gaps before the rendered rows. A row far away, such as the focused one, may be among them. */
export function withGaps(
  items: readonly Measured[],
  totalPx: number,
): { placed: PlacedRow[]; after: number } {
  const placed = items.map(({ index, start }, at) => ({ index, gap: start - (items[at - 1]?.end ?? 0) }));
  return { placed, after: totalPx - (items.at(-1)?.end ?? 0) };
}
