/** What a client can be told, and what it takes where it is told nothing. */
import { type ClientClock, systemClock } from './clock.ts';
import { createLeaseStorage, type LeaseStorage, type StorageArea } from './leaseStorage.ts';
import {
  channelOwnership,
  lockOwnership,
  noOwnership,
  type PageOwnership,
  type TabLocks,
} from './pageOwnership.ts';
import { serverAddress } from './serverAddress.ts';
import { type AuthSource, createSocketTransport } from './socketTransport.ts';
import type { Transport } from './transport.ts';

export interface RowlockClientOptions {
  /**
   * Address of the server, with the path below which it serves Socket.IO and Rowlock's routes: `https://host`,
   * `https://host/admin`, `/admin`. Default: the page's origin
   */
  url?: string;
  /** Socket.IO's path from the origin. Default `<path of url>/socket.io` */
  path?: string;
  /** Sent in the handshake; a function is asked anew for every connection */
  auth?: AuthSource;
  /** Default: Socket.IO at `url` */
  transport?: Transport;
  /** Where leases outlive a reload; default `sessionStorage`, `null` for none */
  storage?: StorageArea | null;
  /** Tells a reload from a duplicated tab; default `navigator.locks`, or `BroadcastChannel` without HTTPS; `null` for none */
  tabLocks?: TabLocks | null;
  /** Where a closing page announces the end of its leases. Default `<url>/rowlock/leases/release` */
  beaconUrl?: string;
  clock?: ClientClock;
}

/** What a client is made of, once the defaults are in. */
export interface ClientParts {
  clock: ClientClock;
  transport: Transport;
  storage: LeaseStorage;
  beaconUrl: string;
}

export function withDefaults(options: RowlockClientOptions): ClientParts {
  const { url = '', path, auth = {}, clock = systemClock } = options;
  const { origin, socketPath, httpBase } = serverAddress(url, path);
  const area = options.storage === undefined ? pageStorage() : (options.storage ?? undefined);
  return {
    clock,
    transport:
      options.transport ?? createSocketTransport({ url, auth, clock, ...(path !== undefined && { path }) }),
    storage: createLeaseStorage(
      `rowlock.leases:${origin}${socketPath}`,
      area,
      ownershipBy(options.tabLocks, clock),
    ),
    beaconUrl: options.beaconUrl ?? `${httpBase}/rowlock/leases/release`,
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

function ownershipBy(given: TabLocks | null | undefined, clock: ClientClock): PageOwnership {
  if (given === null) return noOwnership;
  const locks = given ?? (typeof navigator === 'undefined' ? undefined : navigator.locks);
  if (locks) return lockOwnership(locks);
  if (typeof BroadcastChannel === 'undefined') return noOwnership;
  return channelOwnership((name) => new BroadcastChannel(name), clock);
}
