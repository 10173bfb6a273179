/** `client.presence`: who else looks at a record. A tab that watches it is visible to the others, and only such a tab. */
import type { RecordKey, Viewers } from '@rowlock/protocol';
import type { ConnectionState } from './connection.ts';
import { isSameContent } from './isSameContent.ts';
import type { RowlockClientError } from './rowlockClientError.ts';
import type { Subscriptions } from './subscriptions.ts';

export interface PresenceSnapshot extends Viewers {
  /** True while this may be out of date */
  isStale: boolean;
  /** Why the server refuses to show it */
  error?: RowlockClientError;
}

/** The viewers of records. */
export interface WatchedPresence {
  /**
   * Shows this tab to other viewers of the records, and them to this tab, until the returned function is called. At most 200
   * records by default (`limits.presenceRecords`). `listener` is called at most once a second.
   */
  watch(records: readonly RecordKey[], listener: () => void): () => void;
  /** The other users who look at the record now. The same object for as long as nothing that it shows has changed. */
  get(record: RecordKey): PresenceSnapshot;
}

const NOBODY: Viewers = Object.freeze({ actors: [], count: 0 });
const UNKNOWN: PresenceSnapshot = Object.freeze({ ...NOBODY, isStale: true });

export class PresenceStore {
  readonly #subscriptions: Subscriptions;
  readonly #getConnection: () => ConnectionState;
  readonly #viewers = new Map<RecordKey, Viewers>();
  readonly #snapshots = new Map<RecordKey, PresenceSnapshot>();

  constructor(options: { subscriptions: Subscriptions; getConnection: () => ConnectionState }) {
    this.#subscriptions = options.subscriptions;
    this.#getConnection = options.getConnection;
  }

  get(record: RecordKey): PresenceSnapshot {
    const { presence } = this.#subscriptions;
    const before = this.#snapshots.get(record) ?? UNKNOWN;
    if (!presence.has(record)) return before;
    const viewers = this.#viewers.get(record) ?? NOBODY;
    const error = this.#subscriptions.findRefusal('presence', [record]);
    const isStale = this.#getConnection().status !== 'live' || !presence.isAnswered(record);
    if (before.actors === viewers.actors && before.isStale === isStale && before.error === error)
      return before;
    const snapshot = { ...viewers, isStale, ...(error && { error }) };
    this.#snapshots.set(record, snapshot);
    return snapshot;
  }

  /** Returns the records whose viewers have changed. */
  apply(viewers: Record<RecordKey, Viewers> = {}): Set<RecordKey> {
    const changed = new Set<RecordKey>();
    for (const [record, now] of Object.entries(viewers) as [RecordKey, Viewers][]) {
      // A change can cross with the message that unwatches the record.
      if (!this.#subscriptions.presence.has(record)) continue;
      if (isSameContent(this.#viewers.get(record), now)) continue;
      this.#viewers.set(record, now);
      changed.add(record);
    }
    return changed;
  }

  /** These are no longer watched, or the server refuses them. */
  forget(records: Iterable<RecordKey>): void {
    for (const record of records) {
      this.#viewers.delete(record);
      this.#snapshots.delete(record);
    }
  }
}
