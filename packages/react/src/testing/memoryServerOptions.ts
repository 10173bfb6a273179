/** The options of the server in memory. */
import type { IdleRule, Limits, SameUser } from '@rowlock/protocol';
import type { ClientClock } from '../core/clock.ts';
import type { MemoryAuthorize } from './memoryPermissions.ts';

export interface MemoryServerOptions {
  clock?: ClientClock;
  limits?: Partial<Limits>;
  /** The delay of every answer and event, in ms. Default 0: the next microtask */
  delayMs?: number;
  /** Decides what each user may do, as a real server's `authorize`. Default: everybody may do everything but take over */
  authorize?: MemoryAuthorize;
  /** The names of all resources. Default: every resource is known */
  resources?: readonly string[];
  /** Whether tabs may see who else looks at a record, if they ask for it. Default `true` */
  presence?: boolean;
  /** The rule for a second tab of the same user that asks for records of the first one. Default `separate` */
  sameUser?: SameUser;
  /** How long a holder may take to answer a release request, in ms. Default 60,000 */
  releaseRequestMs?: number;
  /** Ends the leases of tabs in which nobody is active. Default: none */
  idle?: IdleRule;
  /** How long a disconnected tab keeps its leases, in ms. Default 5,000 */
  disconnectGraceMs?: number;
}
