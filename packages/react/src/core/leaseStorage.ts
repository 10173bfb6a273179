/**
 * Stores a client's session and its leases for a reload. Only one page owns a session (see pageOwnership.ts): a duplicated
 * tab gets another one. Each client of a page has a slot of its own.
 */
import type { LeaseId, LockMode, LockScope, RecordKey, SessionSecret } from '@rowlock/protocol';
import type { PageOwnership } from './pageOwnership.ts';
import { randomToken } from './randomToken.ts';

export interface StoredLease {
  leaseId: LeaseId;
  secret: string;
  /** The new secret of a `resume` that may have reached the server */
  nextSecret?: string;
  records: RecordKey[];
  mode: LockMode;
  /** Default `record` */
  scope?: LockScope;
  /** With `skip`: the records that its owners have asked for */
  skippedFrom?: RecordKey[];
  /** It waits for its records, as far as this page knew */
  isWaiting?: true;
  label?: string;
  /** The user who holds it. Only they may resume it */
  actorId?: string;
}

export type StorageArea = Pick<Storage, 'getItem' | 'setItem'>;

export interface LeaseStorage {
  /** The session of this client. Undefined until `load` has resolved */
  readonly session: SessionSecret | undefined;
  /** The leases from before a reload of this page. Empty if another page holds them. */
  load(): Promise<StoredLease[]>;
  save(leases: StoredLease[]): void;
  /** Begins a new session, and forgets the stored leases. Call it when `load` has resolved. */
  renew(): void;
  /** The page stops: the next page of the same tab may own the leases. */
  suspend(): void;
  /** The page runs again. */
  resume(): Promise<void>;
  /** Another page may own the leases, and another client of this page may use the slot. */
  close(): void;
}

interface StoredSession {
  session: SessionSecret;
  leases: StoredLease[];
}

/** The slots in use by the clients of this page */
const slotsIn = new WeakMap<StorageArea, Set<string>>();

/**
 * @param server  Clients of the same server get slots in the order in which they start. After a reload that starts them
 *                in another order, a client may wait some seconds for rows that it held itself.
 */
export function createLeaseStorage(
  server: string,
  area: StorageArea | undefined,
  ownership: PageOwnership,
): LeaseStorage {
  let slot = server;
  let session: SessionSecret | undefined;
  let giveUp = () => {};

  const begin = () => {
    session = { sessionId: randomToken(), secret: randomToken() };
    giveUp = ownership.begin(`${slot}:${session.sessionId}`);
    write(area, slot, { session, leases: [] });
  };
  const own = async (wanted: SessionSecret): Promise<boolean> => {
    const giveUpWanted = await ownership.tryOwn(`${slot}:${wanted.sessionId}`);
    if (!giveUpWanted) return false;
    session = wanted;
    giveUp = giveUpWanted;
    return true;
  };

  return {
    get session() {
      return session;
    },
    async load() {
      if (area) slot = takeSlot(area, server);
      const stored = read(area, slot);
      // Without leases a new session is as good, and need not wait for the answers of other pages.
      if (stored && stored.leases.length > 0 && (await own(stored.session))) return stored.leases;
      begin();
      return [];
    },
    save(leases) {
      if (session) write(area, slot, { session, leases });
    },
    renew() {
      giveUp();
      begin();
    },
    suspend: () => giveUp(),
    async resume() {
      if (session && !(await own(session))) begin();
    },
    close() {
      giveUp();
      if (area) slotsIn.get(area)?.delete(slot);
    },
  };
}

function takeSlot(area: StorageArea, server: string): string {
  const taken = slotsIn.get(area) ?? new Set();
  slotsIn.set(area, taken);
  let slot = server;
  for (let ordinal = 2; taken.has(slot); ordinal++) slot = `${server}#${ordinal}`;
  taken.add(slot);
  return slot;
}

function read(area: StorageArea | undefined, name: string): StoredSession | undefined {
  try {
    const parsed: unknown = JSON.parse(area?.getItem(name) ?? 'null');
    return isStoredSession(parsed) ? parsed : undefined;
  } catch {
    // A storage that is forbidden or garbled counts as empty.
    return undefined;
  }
}

function write(area: StorageArea | undefined, name: string, stored: StoredSession): void {
  try {
    area?.setItem(name, JSON.stringify(stored));
  } catch {
    // Full or forbidden: after a reload the rows can be acquired when the disconnect grace has passed.
  }
}

function isStoredSession(value: unknown): value is StoredSession {
  const stored = value as StoredSession | null;
  return (
    typeof stored === 'object' &&
    typeof stored?.session?.sessionId === 'string' &&
    typeof stored.session.secret === 'string' &&
    Array.isArray(stored.leases) &&
    stored.leases.every(
      (lease) =>
        typeof lease.leaseId === 'string' && typeof lease.secret === 'string' && Array.isArray(lease.records),
    )
  );
}
