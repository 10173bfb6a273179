/**
 * Keeps a client's leases where a reload finds them. The set of leases has a name that only one page owns (see
 * pageOwnership.ts), and each client of a page has a place of its own.
 */
import type { LeaseId, LockMode, RecordKey } from '@rowlock/protocol';
import type { PageOwnership } from './pageOwnership.ts';
import { randomToken } from './randomToken.ts';

export interface StoredLease {
  leaseId: LeaseId;
  secret: string;
  /** The secret that a `resume` which may have reached the server asked for */
  nextSecret?: string;
  records: RecordKey[];
  mode: LockMode;
  label?: string;
  /** Whose lease it is: only the same user may resume it */
  actorId?: string;
}

export type StorageArea = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

export interface LeaseStorage {
  /** What this client held before its page was reloaded; nothing if another page holds it. */
  load(): Promise<StoredLease[]>;
  save(leases: StoredLease[]): void;
  /** The page stops: the next page of the same tab may own the leases. */
  suspend(): void;
  /** The page runs again. */
  resume(): Promise<void>;
  /** Another page may own the leases, and another client of this page may have the place. */
  close(): void;
}

interface StoredSet {
  setId: string;
  leases: StoredLease[];
}

/** The places in use by the clients of this page */
const placesIn = new WeakMap<StorageArea, Set<string>>();

/**
 * @param server  Clients of the same server take places in the order in which they start. After a reload that starts
 *                them in another order, a client may wait some seconds for rows that it held itself.
 */
export function createLeaseStorage(
  server: string,
  area: StorageArea | undefined,
  ownership: PageOwnership,
): LeaseStorage {
  let place = server;
  let setId = randomToken();
  let giveUpSet = () => {};

  const ownNewSet = () => {
    setId = randomToken();
    giveUpSet = ownership.begin(`${place}:${setId}`);
  };
  const ownSet = async (wanted: string): Promise<boolean> => {
    const giveUp = await ownership.tryOwn(`${place}:${wanted}`);
    if (!giveUp) return false;
    setId = wanted;
    giveUpSet = giveUp;
    return true;
  };

  return {
    async load() {
      if (!area) return [];
      place = takePlace(area, server);
      const stored = read(area, place);
      if (stored && (await ownSet(stored.setId))) return stored.leases;
      if (stored) remove(area, place);
      ownNewSet();
      return [];
    },
    save(leases) {
      if (leases.length === 0) remove(area, place);
      else write(area, place, { setId, leases });
    },
    suspend: () => giveUpSet(),
    async resume() {
      if (area && !(await ownSet(setId))) ownNewSet();
    },
    close() {
      giveUpSet();
      if (area) placesIn.get(area)?.delete(place);
    },
  };
}

function takePlace(area: StorageArea, server: string): string {
  const taken = placesIn.get(area) ?? new Set();
  placesIn.set(area, taken);
  let place = server;
  for (let ordinal = 2; taken.has(place); ordinal++) place = `${server}#${ordinal}`;
  taken.add(place);
  return place;
}

function read(area: StorageArea | undefined, name: string): StoredSet | undefined {
  try {
    const parsed: unknown = JSON.parse(area?.getItem(name) ?? 'null');
    return isStoredSet(parsed) ? parsed : undefined;
  } catch {
    // Storage that is forbidden or garbled holds nothing for us.
    return undefined;
  }
}

function write(area: StorageArea | undefined, name: string, set: StoredSet): void {
  try {
    area?.setItem(name, JSON.stringify(set));
  } catch {
    // Full or forbidden: a reload then has to acquire anew after the server's grace.
  }
}

function remove(area: StorageArea | undefined, name: string): void {
  try {
    area?.removeItem(name);
  } catch {
    // Forbidden: nothing was stored either.
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
