/** Selects a part of a snapshot, and keeps the former result for as long as the new one has the same content. */
export class Selection<Snapshot, Selected> {
  #last: { snapshot: Snapshot; select: (snapshot: Snapshot) => Selected; selected: Selected } | undefined;

  /** `select` must be pure. It is called again if the snapshot or the function is another one. */
  get(snapshot: Snapshot, select: (snapshot: Snapshot) => Selected): Selected {
    const last = this.#last;
    if (last && Object.is(last.snapshot, snapshot) && last.select === select) return last.selected;
    const next = select(snapshot);
    const selected = last && isShallowEqual(last.selected, next) ? last.selected : next;
    this.#last = { snapshot, select, selected };
    return selected;
  }
}

/** Whether two values are one, or are arrays or plain objects whose entries are. */
export function isShallowEqual(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (!isPlain(one) || !isPlain(other) || Array.isArray(one) !== Array.isArray(other)) return false;
  const keys = Object.keys(one);
  if (keys.length !== Object.keys(other).length) return false;
  return keys.every((key) => Object.hasOwn(other, key) && Object.is(one[key], other[key]));
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || Array.isArray(value);
}
