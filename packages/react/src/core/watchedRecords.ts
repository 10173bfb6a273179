/** `client.records`: how watched records stand, and a way to be notified of changes. */
import type { LeaseId, LeaseView, RecordKey } from '@rowlock/protocol';
import type { ChangeListener } from './changeNews.ts';
import { type ConnectionState, getActor } from './connection.ts';
import type { KnownView } from './knownView.ts';
import { isSameLock, type RecordLock, UNKNOWN_LOCK } from './recordLock.ts';
import type { RowlockClientError } from './rowlockClientError.ts';
import type { Subscriptions } from './subscriptions.ts';

/** The records that this tab watches. */
export interface WatchedRecords {
  /** Watches records until the returned function is called. `listener` is called once for a change of many. */
  watch(keys: readonly RecordKey[], listener: () => void): () => void;
  /** How a watched record stands. The same object for as long as nothing that it shows has changed. */
  getLock(key: RecordKey): RecordLock;
  /**
   * Watches records, and calls `listener` with each change of their data, until the returned function is called. Several
   * changes of one record may arrive as the newest, and those during a lost connection arrive after it. A change may be
   * reported twice. `since`: the version of data that was loaded before, to hear of changes since then too. Default: only of
   * changes from now on
   */
  onChanged(
    keys: readonly RecordKey[],
    listener: ChangeListener,
    options?: { since?: number | undefined },
  ): () => void;
  /** Calls `listener` with each change of any record that this tab watches, until the returned function is called. */
  onAnyChanged(listener: ChangeListener): () => void;
  /** The newest version of the server's data that this tab has heard of. Undefined before the first answer */
  getVersion(): number | undefined;
  /** Why the server refuses to let one of these records be watched. */
  findRefusal(keys: Iterable<RecordKey>): RowlockClientError | undefined;
  /** Asks again how watched records stand. True once `getLock` shows the server's answer. */
  lookAgain(keys: readonly RecordKey[]): Promise<boolean>;
}

export interface RecordReaderOptions {
  view: KnownView;
  subscriptions: Subscriptions;
  getConnection: () => ConnectionState;
  /** This tab holds the lease, or held it lately */
  isOurs: (leaseId: LeaseId) => boolean;
  /** The lease of this tab cannot have expired yet */
  isConfirmed: (leaseId: LeaseId) => boolean;
}

/** Makes a `RecordLock` of what is known, watched, and held by this tab. */
export class RecordReader {
  readonly #options: RecordReaderOptions;
  readonly #locks = new Map<RecordKey, RecordLock>();

  constructor(options: RecordReaderOptions) {
    this.#options = options;
  }

  getLock(key: RecordKey): RecordLock {
    const before = this.#locks.get(key);
    if (!this.#options.subscriptions.records.has(key)) return before ?? UNKNOWN_LOCK;
    const lock = this.#readLock(key);
    if (before && isSameLock(before, lock)) return before;
    this.#locks.set(key, lock);
    return lock;
  }

  forget(keys: readonly RecordKey[]): void {
    for (const key of keys) this.#locks.delete(key);
  }

  /** This tab holds the lease, waits with it, or held it lately. */
  isOurs({ id, holder }: LeaseView): boolean {
    const connection = this.#options.getConnection();
    const sessionId = 'hello' in connection ? connection.hello?.sessionId : undefined;
    return this.#options.isOurs(id) || (sessionId !== undefined && holder.id === sessionId);
  }

  #readLock(key: RecordKey): RecordLock {
    const { view, subscriptions, getConnection, isConfirmed } = this.#options;
    const { records } = subscriptions;
    // After a loss the last known state stays, and is shown as stale until the server has answered again.
    const isStale = getConnection().status !== 'live' || !records.isAnswered(key);
    if (records.isRefused(key) || !records.wasAnswered(key)) return UNKNOWN_LOCK;
    if (!view.records.isComplete(key)) return { kind: 'unknown', leases: [], isStale };
    const leases = view.records.listLeases(key);
    const others = leases.filter((lease) => !this.isOurs(lease) && !this.#isShareable(lease));
    const own = leases.filter((lease) => this.isOurs(lease));
    const lease = others.find((other) => other.mode === 'exclusive') ?? others[0] ?? own[0];
    if (!lease) return { kind: 'free', leases, isStale };
    if (others.length === 0) {
      return own.every(({ id }) => isConfirmed(id))
        ? { kind: 'held', lease, leases, isStale }
        : { kind: 'unknown', leases: [], isStale: true };
    }
    if (lease.holder.type === 'person') return { kind: 'person', lease, leases, isStale };
    const task = view.tasks.get(lease.holder.id);
    return { kind: 'task', lease, leases, ...(task && { task }), isStale };
  }

  /** Another tab of this user holds it, and this tab may too. */
  #isShareable({ holder }: LeaseView): boolean {
    return holder.sharesWithUser === true && holder.actor.id === getActor(this.#options.getConnection())?.id;
  }
}
