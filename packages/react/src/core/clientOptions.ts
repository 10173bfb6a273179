/** What a client can be told, and what it takes where it is told nothing. */
import { type Clock, systemClock } from './clock.ts';
import { createLeaseStorage, type LeaseStorage, type StorageArea, type TabLocks } from './leaseStorage.ts';
import { type AuthSource, createSocketTransport } from './socketTransport.ts';
import type { Transport } from './transport.ts';

export interface RowlockClientOptions {
  /** Origin of the server; default: the page's own */
  url?: string;
  /** Sent in the handshake; a function is asked anew for every connection */
  auth?: AuthSource;
  /** Default: Socket.IO at `url` */
  transport?: Transport;
  /** Where leases outlive a reload; default `sessionStorage`, `null` for none */
  storage?: StorageArea | null;
  /** Tells a reload from a duplicated tab; default `navigator.locks`, `null` for none */
  tabLocks?: TabLocks | null;
  /** Default `<url>/rowlock/leases/release` */
  beaconUrl?: string;
  clock?: Clock;
}

/** What a client is made of, once the defaults are in. */
export interface ClientParts {
  clock: Clock;
  transport: Transport;
  storage: LeaseStorage;
  beaconUrl: string;
}

export function withDefaults(options: RowlockClientOptions): ClientParts {
  const { url = '', auth = {}, clock = systemClock } = options;
  const area = options.storage === undefined ? pageStorage() : (options.storage ?? undefined);
  const tabLocks = options.tabLocks === undefined ? pageLocks() : (options.tabLocks ?? undefined);
  return {
    clock,
    transport: options.transport ?? createSocketTransport({ url, auth, clock }),
    storage: createLeaseStorage(`rowlock.leases:${url}`, area, tabLocks),
    beaconUrl: options.beaconUrl ?? `${url}/rowlock/leases/release`,
  };
}

function pageStorage(): StorageArea | undefined {
  try {
    return typeof sessionStorage === 'undefined' ? undefined : sessionStorage;
  } catch {
    // Forbidden by the browser's settings: leases then do not outlive a reload.
    return undefined;
  }
}

const pageLocks = (): TabLocks | undefined =>
  typeof navigator === 'undefined' ? undefined : navigator.locks;
