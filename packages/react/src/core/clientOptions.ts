/** The options of a client, and their defaults. */
import { type ClientClock, systemClock } from './clock.ts';
import type { FetchRoute } from './fetchRoute.ts';
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
  /** Sent in the handshake. A function is called for every connection */
  auth?: AuthSource;
  /** Default: Socket.IO at `url` */
  transport?: Transport;
  /** Keeps leases over a reload. Default `sessionStorage`. `null`: leases end with a reload */
  storage?: StorageArea | null;
  /** Distinguishes a reload from a duplicated tab. Default `navigator.locks`, or `BroadcastChannel` without HTTPS. `null`: it does not */
  tabLocks?: TabLocks | null;
  /** Where Rowlock's routes are mounted. A closing page and a sign-out use them. Default `<url>/rowlock` */
  routesUrl?: string;
  /**
   * Makes the requests to these routes that read the failed rows and the log of a task. Yours adds what your API needs, such as an
   * `Authorization` header. Default: the page's `fetch`, with its cookies
   */
  fetch?: FetchRoute;
  clock?: ClientClock;
}

/** The parts of a client, made of its options and the defaults. */
export interface ClientParts {
  clock: ClientClock;
  transport: Transport;
  storage: LeaseStorage;
  routesUrl: string;
  fetchRoute: FetchRoute;
}

export function withDefaults(options: RowlockClientOptions): ClientParts {
  const { url = '', path, auth = {}, clock = systemClock } = options;
  const { origin, socketPath, httpBase } = serverAddress(url, path);
  const area = options.storage === undefined ? pageStorage() : (options.storage ?? undefined);
  const transport =
    options.transport ?? createSocketTransport({ url, auth, clock, ...(path !== undefined && { path }) });
  return {
    clock,
    transport,
    storage: createLeaseStorage(
      `rowlock.leases:${origin}${socketPath}`,
      area,
      ownershipBy(options.tabLocks, clock),
    ),
    routesUrl: options.routesUrl ?? `${httpBase}/rowlock`,
    fetchRoute: options.fetch ?? transport.fetch ?? ((input, init) => fetch(input, init)),
  };
}

function pageStorage(): StorageArea | undefined {
  try {
    return typeof sessionStorage === 'undefined' ? undefined : sessionStorage;
  } catch {
    // Forbidden by the browser's settings: leases then end with a reload.
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
