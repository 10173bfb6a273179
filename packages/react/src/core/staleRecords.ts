/** Changes of some records by others since they were loaded. */
import type { RecordKey } from '@rowlock/protocol';
import type { WatchedChange } from './changeNews.ts';
import type { AnyRowlockClient } from './client.ts';

/** More than these is no news for people. */
const MAX_CHANGES = 20;
const NO_CHANGES: readonly WatchedChange[] = [];

export class StaleRecords {
  readonly #client: AnyRowlockClient;
  readonly #records: readonly RecordKey[];
  #changes = NO_CHANGES;

  constructor(client: AnyRowlockClient, records: readonly RecordKey[]) {
    this.#client = client;
    this.#records = records;
  }

  /** Listens to changes since that version, until the returned function is called. */
  subscribe(listener: () => void, since: number): () => void {
    if (this.#records.length === 0) return () => {};
    const note = (news: readonly WatchedChange[]) => {
      if (this.#note(news)) listener();
    };
    return this.#client.records.onChanged(this.#records, note, { since });
  }

  /** Newest first. The same array until there is another one. */
  getChanges(): readonly WatchedChange[] {
    return this.#changes;
  }

  /** A change may arrive twice. */
  #note(news: readonly WatchedChange[]): boolean {
    const known = new Set(this.#changes.map(nameOf));
    const added = news.filter((change) => !change.isOwn && !known.has(nameOf(change)));
    if (added.length === 0) return false;
    const all = [...added, ...this.#changes].sort((a, b) => b.version - a.version);
    this.#changes = all.slice(0, MAX_CHANGES);
    return true;
  }
}

const nameOf = ({ version, records }: WatchedChange): string => [version, ...records].join(' ');
