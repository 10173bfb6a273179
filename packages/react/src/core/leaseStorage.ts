/**
 * Keeps the tab's leases where a reload finds them. Browsers copy sessionStorage when a tab is duplicated; the set of
 * leases therefore has a name, and only the tab that holds the browser's lock of that name may take it.
 */
import type { LeaseId, LockMode, RecordKey } from '@rowlock/protocol';

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
export type TabLocks = Pick<LockManager, 'request'>;

export interface LeaseStorage {
  /** What this tab held before it was reloaded; nothing where another tab holds it. Called once. */
  load(): Promise<StoredLease[]>;
  save(leases: StoredLease[]): void;
  /** Lets the set of leases go, so that another tab may take it. */
  close(): void;
}

interface StoredSet {
  setId: string;
  leases: StoredLease[];
}

export function createLeaseStorage(
  name: string,
  area: StorageArea | undefined,
  tabLocks: TabLocks | undefined,
): LeaseStorage {
  let setId = randomToken();
  let letGo = () => {};

  return {
    async load() {
      if (!area) return [];
      const stored = read(area, name);
      if (stored) {
        const claim = await claimSet(`${name}:${stored.setId}`, tabLocks);
        if (claim) {
          setId = stored.setId;
          letGo = claim;
          return stored.leases;
        }
        remove(area, name);
      }
      letGo = (await claimSet(`${name}:${setId}`, tabLocks)) ?? letGo;
      return [];
    },
    save(leases) {
      if (leases.length === 0) remove(area, name);
      else write(area, name, { setId, leases });
    },
    close: () => letGo(),
  };
}

/** Undefined where another tab holds the set; otherwise what lets it go. */
async function claimSet(name: string, tabLocks: TabLocks | undefined): Promise<(() => void) | undefined> {
  if (!tabLocks) return () => {};
  return new Promise((resolve) => {
    tabLocks
      .request(name, { ifAvailable: true }, (lock) => {
        if (!lock) return resolve(undefined);
        return new Promise<void>((letGo) => resolve(letGo));
      })
      // Refused in opaque origins: then there is no other tab that could share the storage either.
      .catch(() => resolve(() => {}));
  });
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
