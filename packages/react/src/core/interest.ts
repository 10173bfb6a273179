/** Reference-counted interest in keys, and how far the server has been told of each. */
type Told = 'no' | 'sent' | 'answered' | 'refused';

interface Entry {
  count: number;
  told: Told;
  /** Answered once, on whatever connection */
  wasAnswered: boolean;
}

export class Interest<K extends string> {
  readonly #entries = new Map<K, Entry>();

  has(key: K): boolean {
    return this.#entries.has(key);
  }

  isAnswered(key: K): boolean {
    return this.#entries.get(key)?.told === 'answered';
  }

  /** Something is known of it, though it may be old. */
  wasAnswered(key: K): boolean {
    return this.#entries.get(key)?.wasAnswered ?? false;
  }

  isRefused(key: K): boolean {
    return this.#entries.get(key)?.told === 'refused';
  }

  retain(keys: Iterable<K>): void {
    for (const key of keys) {
      const entry = this.#entries.get(key);
      if (entry) entry.count += 1;
      else this.#entries.set(key, { count: 1, told: 'no', wasAnswered: false });
    }
  }

  release(keys: Iterable<K>): void {
    for (const key of keys) {
      const entry = this.#entries.get(key);
      if (entry) entry.count -= 1;
    }
  }

  /** Takes out what nobody is interested in any more: `told` is what the server must be told about. */
  takeIdle(): { all: K[]; told: K[] } {
    const all: K[] = [];
    const told: K[] = [];
    for (const [key, entry] of this.#entries) {
      if (entry.count > 0) continue;
      this.#entries.delete(key);
      all.push(key);
      if (entry.told === 'sent' || entry.told === 'answered') told.push(key);
    }
    return { all, told };
  }

  untold(): K[] {
    return this.#where((entry) => entry.told === 'no' && entry.count > 0);
  }

  toldCount(): number {
    return this.#where((entry) => entry.told === 'sent' || entry.told === 'answered').length;
  }

  mark(keys: Iterable<K>, told: Told): void {
    for (const key of keys) {
      const entry = this.#entries.get(key);
      if (!entry) continue;
      entry.told = told;
      if (told === 'answered') entry.wasAnswered = true;
    }
  }

  /** The server must be told everything again. */
  forgetTold(): void {
    for (const entry of this.#entries.values()) entry.told = 'no';
  }

  #where(matches: (entry: Entry) => boolean): K[] {
    const keys: K[] = [];
    for (const [key, entry] of this.#entries) if (matches(entry)) keys.push(key);
    return keys;
  }
}
