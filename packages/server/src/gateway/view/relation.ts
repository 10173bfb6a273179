const NOTHING: ReadonlySet<never> = new Set();

/** Pairs that are found from both sides, for example records and their watchers. Pure. */
export class Relation<Left, Right> {
  readonly #rights = new Map<Left, Set<Right>>();
  readonly #lefts = new Map<Right, Set<Left>>();

  add(left: Left, right: Right): void {
    addTo(this.#rights, left, right);
    addTo(this.#lefts, right, left);
  }

  remove(left: Left, right: Right): void {
    removeFrom(this.#rights, left, right);
    removeFrom(this.#lefts, right, left);
  }

  has(left: Left, right: Right): boolean {
    return this.#rights.get(left)?.has(right) === true;
  }

  /** All that is paired with `left`, in the order in which it was added. */
  of(left: Left): ReadonlySet<Right> {
    return this.#rights.get(left) ?? NOTHING;
  }

  /** All that `right` is paired with, likewise. */
  with(right: Right): ReadonlySet<Left> {
    return this.#lefts.get(right) ?? NOTHING;
  }

  /** How many have a pair on their right */
  get leftCount(): number {
    return this.#rights.size;
  }

  lefts(): Left[] {
    return [...this.#rights.keys()];
  }
}

function addTo<Key, Value>(index: Map<Key, Set<Value>>, key: Key, value: Value): void {
  const values = index.get(key);
  if (values) values.add(value);
  else index.set(key, new Set([value]));
}

function removeFrom<Key, Value>(index: Map<Key, Set<Value>>, key: Key, value: Value): void {
  const values = index.get(key);
  values?.delete(value);
  if (values?.size === 0) index.delete(key);
}
