/** Counts the watchers of each key, and notes how far the server knows of it. */
type WatchStage = 'unsent' | 'sent' | 'answered' | 'refused';

interface Entry {
  count: number;
  stage: WatchStage;
  /** Answered once, on any connection */
  wasAnswered: boolean;
}

export class Interest<K extends string> {
  readonly #entries = new Map<K, Entry>();
  #owedCount = 0;

  has(key: K): boolean {
    return this.#entries.has(key);
  }

  isAnswered(key: K): boolean {
    return this.#entries.get(key)?.stage === 'answered';
  }

  /** Something is known of the key, though it may be old. */
  wasAnswered(key: K): boolean {
    return this.#entries.get(key)?.wasAnswered ?? false;
  }

  /** The server has not answered again yet about a key that it had answered before a gap. */
  get hasOwed(): boolean {
    return this.#owedCount > 0;
  }

  isRefused(key: K): boolean {
    return this.#entries.get(key)?.stage === 'refused';
  }

  retain(keys: Iterable<K>): void {
    for (const key of keys) {
      const entry = this.#entries.get(key);
      if (entry) entry.count += 1;
      else this.#entries.set(key, { count: 1, stage: 'unsent', wasAnswered: false });
    }
  }

  release(keys: Iterable<K>): void {
    for (const key of keys) {
      const entry = this.#entries.get(key);
      if (entry) entry.count -= 1;
    }
  }

  /** Removes the keys that nobody is interested in. `sent`: the ones that the server has to unwatch. */
  removeIdle(): { all: K[]; sent: K[] } {
    const all: K[] = [];
    const sent: K[] = [];
    for (const [key, entry] of this.#entries) {
      if (entry.count > 0) continue;
      this.#entries.delete(key);
      if (isOwed(entry)) this.#owedCount -= 1;
      all.push(key);
      if (isSent(entry)) sent.push(key);
    }
    return { all, sent };
  }

  listUnsent(): K[] {
    const keys: K[] = [];
    for (const [key, entry] of this.#entries) {
      if (entry.stage === 'unsent' && entry.count > 0) keys.push(key);
    }
    return keys;
  }

  countSent(): number {
    let count = 0;
    for (const entry of this.#entries.values()) if (isSent(entry)) count += 1;
    return count;
  }

  mark(keys: Iterable<K>, stage: WatchStage): void {
    for (const key of keys) {
      const entry = this.#entries.get(key);
      if (!entry) continue;
      if (isOwed(entry)) this.#owedCount -= 1;
      entry.stage = stage;
      if (stage === 'answered') entry.wasAnswered = true;
      if (isOwed(entry)) this.#owedCount += 1;
    }
  }

  /** Nothing is known of these any longer. */
  forgetAnswers(keys: Iterable<K>): void {
    for (const key of keys) {
      const entry = this.#entries.get(key);
      if (entry) entry.wasAnswered = false;
    }
  }

  /** Everything has to be sent again. */
  markAllUnsent(): void {
    this.mark(this.#entries.keys(), 'unsent');
  }
}

const isOwed = ({ stage, wasAnswered }: Entry): boolean =>
  wasAnswered && (stage === 'unsent' || stage === 'sent');

const isSent = ({ stage }: Entry): boolean => stage === 'sent' || stage === 'answered';
