/**
 * Stores a client's leases for a reload. The set of leases has a name that only one page owns (see pageOwnership.ts), and
 * each client of a page has a slot of its own.
 */
import type { LeaseId, LockMode, RecordKey } from '@rowlock/protocol';
import type { PageOwnership } from './pageOwnership.ts';
import { randomToken } from './randomToken.ts';

export interface StoredLease {
  leaseId: LeaseId;
  secret: string;
  /** The new secret of a `resume` that may have reached the server */
  nextSecret?: string;
  records: RecordKey[];
  mode: LockMode;
  label?: string;
  /** The user who holds it. Only they may resume it */
  actorId?: string;
}

export type StorageArea = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

export interface LeaseStorage {
  /** The leases from before a reload of this page. Empty if another page holds them. */
  load(): Promise<StoredLease[]>;
  save(leases: StoredLease[]): void;
  /** The page stops: the next page of the same tab may own the leases. */
  suspend(): void;
  /** The page runs again. */
  resume(): Promise<void>;
  /** Another page may own the leases, and another client of this page may use the slot. */
  close(): void;
}

interface StoredSet {
  setId: string;
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
  let setId = randomToken();
  let giveUpSet = () => {};

  const ownNewSet = () => {
    setId = randomToken();
    giveUpSet = ownership.begin(`${slot}:${setId}`);
  };
  const ownSet = async (wanted: string): Promise<boolean> => {
    const giveUp = await ownership.tryOwn(`${slot}:${wanted}`);
    if (!giveUp) return false;
    setId = wanted;
    giveUpSet = giveUp;
    return true;
  };

  return {
    async load() {
      if (!area) return [];
      slot = takeSlot(area, server);
      const stored = read(area, slot);
      if (stored && (await ownSet(stored.setId))) return stored.leases;
      if (stored) remove(area, slot);
      ownNewSet();
      return [];
    },
    save(leases) {
      if (leases.length === 0) remove(area, slot);
      else write(area, slot, { setId, leases });
    },
    suspend: () => giveUpSet(),
    async resume() {
      if (area && !(await ownSet(setId))) ownNewSet();
    },
    close() {
      giveUpSet();
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

function read(area: StorageArea | undefined, name: string): StoredSet | undefined {
  try {
    const parsed: unknown = JSON.parse(area?.getItem(name) ?? 'null');
    return isStoredSet(parsed) ? parsed : undefined;
  } catch {
    // A storage that is forbidden or garbled counts as empty.
    return undefined;
  }
}

function write(area: StorageArea | undefined, name: string, set: StoredSet): void {
  try {
    area?.setItem(name, JSON.stringify(set));
  } catch {
    // Full or forbidden: after a reload the rows can be acquired when the disconnect grace has passed.
  }
}

function remove(area: StorageArea | undefined, name: string): void {
  try {
    area?.removeItem(name);
  } catch {
    // Forbidden, so nothing was stored.
  }
}

function isStoredSet(value: unknown): value is StoredSet {
  const set = value as StoredSet | null;
  return (
    typeof set === 'object' &&
    typeof set?.setId === 'string' &&
    Array.isArray(set.leases) &&
    set.leases.every(
      (lease) =>
        typeof lease.leaseId === 'string' && typeof lease.secret === 'string' && Array.isArray(lease.records),
    )
  );
}
