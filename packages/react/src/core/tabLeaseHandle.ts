/** Handles on a lease of this tab. The lease is released with its last handle. */
import type { ClientClock } from './clock.ts';
import type { LeaseChanges } from './leaseChanges.ts';
import type { TabLeaseHandle } from './leaseHandle.ts';
import { isConfirmed, type TabLease } from './tabLease.ts';

export interface TabLeaseHandleOptions {
  clock: ClientClock;
  changes: LeaseChanges;
  release: (lease: TabLease) => Promise<void>;
}

/** A remount under StrictMode, and a route that is left and entered again, keep the lease. */
const RELEASE_AFTER_MS = 250;

/** Adds a handle. A release that is due after the last handle no longer takes place. */
export function addHandle(
  lease: TabLease,
  { clock, changes, release }: TabLeaseHandleOptions,
): TabLeaseHandle {
  lease.handleCount += 1;
  lease.cancelRelease();

  const releaseSoon = () =>
    new Promise<void>((resolve) => {
      const cancelTimer = clock.after(RELEASE_AFTER_MS, () => void release(lease).then(resolve));
      lease.cancelRelease = () => {
        cancelTimer();
        resolve();
      };
    });
  let isReleased = false;
  return {
    get records() {
      return lease.records;
    },
    getState: () => lease.state,
    isConfirmed: () => isConfirmed(lease, clock),
    settled: lease.settled,
    subscribe(listener) {
      lease.listeners.add(listener);
      return () => lease.listeners.delete(listener);
    },
    extend: (records, options) => changes.extend(lease, records, options),
    releaseRecords: (records) => changes.releaseRecords(lease, records),
    release: async (when) => {
      if (isReleased) return;
      isReleased = true;
      lease.handleCount -= 1;
      if (lease.handleCount > 0) return;
      await (when === 'now' ? release(lease) : releaseSoon());
    },
  };
}
