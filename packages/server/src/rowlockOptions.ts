/** The options of `createRowlock`. */
import type { Actor, Limits, SameUser } from '@rowlock/protocol';
import type { AddressOf } from './gateway/connections/admission.ts';
import type { LocksOptions } from './locks/locks.ts';
import type { HierarchyRules } from './locks/registry/hierarchy.ts';
import type { Logger } from './logger.ts';
import type { AuthOptions } from './permissions.ts';
import type { RedisTarget } from './redis/connection.ts';
import type { Subscribers } from './subscribers/subscriber.ts';
import type { TaskDefinition } from './tasks/definition/defineTask.ts';
import type { Retention } from './tasks/upkeep/retention.ts';
import type { Telemetry } from './telemetry/telemetry.ts';
import type { VersionMemory } from './versions/versionMemory.ts';

export interface SessionOptions {
  /**
   * How long a disconnected tab keeps its leases, in ms. Default 5,000. If the process that served the tab crashes, the
   * leases expire after at most 15 s
   */
  disconnectGraceMs?: number;
  /** How long a holder may take to answer a release request, in ms. Then it counts as unanswered. Default 60,000 */
  releaseRequestMs?: number;
  /**
   * The rule for a second tab of the same user that asks for records of the first one. `separate` (default): it is refused, and its
   * conflict says `isSameUser`. `share`: both tabs hold the records, and both may write. `move`: the newest tab takes them over, and the older one loses its lease with the reason `moved`
   */
  sameUser?: SameUser;
  /** After so many ms without activity in a tab that holds leases, the tab is warned. Needs `idleReleaseMs`. Default: never */
  idleWarnMs?: number;
  /**
   * After so many ms without activity in a tab, its leases end with the reason `idle`. Needs a smaller `idleWarnMs`. Default:
   * never
   */
  idleReleaseMs?: number;
  /** Bounds on the requests of one browser tab. Default `DEFAULT_LIMITS` */
  limits?: Partial<Limits>;
}

/** `User`: the users that `authenticate` returns. */
export interface RowlockOptions<User extends Actor = Actor> {
  /**
   * A URL such as `redis://127.0.0.1:6379/0`, options of ioredis, or an ioredis instance. Rowlock opens its own
   * connections with the settings of an instance, and shares them among all Rowlocks that get the same one. The instance
   * itself stays yours to close
   */
  redis: RedisTarget;
  /** The unit of tenancy: two namespaces share nothing. 1 to 64 letters, digits, `_`, `.`, `-` */
  namespace: string;
  /** The names of all resources. A record of any other resource is refused */
  resources: readonly string[];
  /** Which records are above which, for locks on subtrees. Default: none */
  hierarchy?: HierarchyRules;
  /**
   * Awaited before Rowlock ends a lease that its holder has not released: on a takeover, after expiry, or if its task is
   * gone. If it throws, or does not answer within 10,000 ms, the lease stays for now
   */
  beforeRevoke?: LocksOptions['beforeRevoke'];
  /** The restart grace: how long a restarted Redis serves only the holders that it had before */
  recovery?: LocksOptions['recovery'];
  /** How much memory of Redis the audit trail may use. Default about 8 MiB */
  audit?: LocksOptions['audit'];
  /** How long, and of how many records, the versions are remembered. Default 24 h and 1,000,000 */
  versions?: VersionMemory;
  /** The tasks that this process may launch and run. Default none */
  tasks?: readonly TaskDefinition[];
  /** How many ended tasks are kept, and for how long. The strictest process of a namespace counts */
  retention?: Retention;
  /**
   * Your users, and their permissions. Only a process that runs tasks, and serves no users, can do without: then every question
   * for a permission is an error
   */
  auth?: AuthOptions<User>;
  /**
   * Origins whose pages may connect and act beside the server's own, such as `https://admin.example.com` (P14). Also needed
   * behind a proxy that changes `Host`. Default none
   */
  allowedOrigins?: readonly string[];
  /** Durable consumers of lifecycle events, by name. Each gets every event of the namespace at least once, in order. Default none */
  subscribers?: Subscribers;
  /** The sessions of browser tabs: how long a lost session keeps its leases, and its limits */
  sessions?: SessionOptions;
  /**
   * Whether tabs may see who else looks at a record, if they ask for it. With `false`, such a `watch` is refused with `forbidden`.
   * Default `true`
   */
  presence?: boolean;
  /**
   * The address that a handshake of the live channel counts for while it is open, and if it is refused. Default: the address of its connection. Behind a
   * reverse proxy that is the proxy's, so all users share one limit. Read the address from the header that your proxy
   * sets: `({ headers }) => String(headers['x-real-ip'])`
   */
  addressOf?: AddressOf;
  /**
   * Your `@opentelemetry/api`, or `{ tracer, propagation, context }`. Acquiring, waiting, launching and running become spans,
   * and a run belongs to the trace of its launch. Default: none
   */
  telemetry?: Telemetry;
  /** Default: warnings and errors to the console */
  logger?: Logger;
}
