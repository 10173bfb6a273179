/**
 * The rule for a second tab of the same user: a registry for the requests of sessions that follows the setting
 * `sessions.sameUser`. `separate` changes nothing: tabs of one user are refused like anybody else.
 */
import {
  type Actor,
  type Conflict,
  type LeaseView,
  type RecordKey,
  SAME_USER,
  type SameUser,
} from '@rowlock/protocol';
import { ConflictError } from '../../errors.ts';
import type { LockRegistry } from '../registry/lockRegistry.ts';
import type { AcquiredLease, AcquireRequest, LeaseRequest } from '../registry/requests.ts';
import { REQUEST_HOLDER } from './endSessionLeases.ts';

/** @throws {TypeError} */
export function assertSameUser(given: SameUser | undefined): void {
  if (given === undefined || SAME_USER.includes(given)) return;
  throw new TypeError(
    `sessions.sameUser is ${JSON.stringify(given)}, and must be one of: ${SAME_USER.join(', ')}.`,
  );
}

/** `moves` of false takes nothing over from another tab. Default true */
type Moves = { moves?: boolean };

/** The registry as sessions use it. */
export interface SessionRegistry extends LockRegistry {
  acquire(request: AcquireRequest & Moves): Promise<AcquiredLease>;
  acquireOrWait(request: LeaseRequest & Moves): ReturnType<LockRegistry['acquireOrWait']>;
}

/** Between a refusal and the move, the records can change hands again. */
const MAX_ATTEMPTS = 3;
const REASON = 'They have opened the records in another tab.';

interface SameUserOptions {
  sameUser?: SameUser | undefined;
  /** Asks the application before a lease moves. @throws if it refuses */
  askRevoke?: ((lease: LeaseView, why: { reason: 'moved'; by: Actor }) => Promise<void>) | undefined;
}

export function createSessionRegistry(
  registry: LockRegistry,
  { sameUser = 'separate', askRevoke }: SameUserOptions,
): SessionRegistry {
  if (sameUser === 'separate') return registry;
  if (sameUser === 'share') return sharing(registry);

  /** Undefined if somebody else has some of the records by now. */
  async function move(
    request: AcquireRequest,
    movable: readonly Conflict[],
  ): Promise<AcquiredLease | undefined> {
    const by = request.holder.actor;
    for (const { lease } of movable) await askRevoke?.(lease, { reason: 'moved', by });
    const leaseIds = movable.map(({ lease }) => lease.id);
    try {
      return await registry.takeOver({ ...request, leaseIds, by, reason: REASON, end: 'moved' });
    } catch (error) {
      if (error instanceof ConflictError) return undefined;
      throw error;
    }
  }

  async function acquire(request: AcquireRequest & Moves): Promise<AcquiredLease> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await registry.acquire(request);
      } catch (error) {
        if (!(error instanceof ConflictError) || attempt === MAX_ATTEMPTS) throw error;
        const movable = listMovable(error.conflicts, request);
        const moved = movable.length > 0 && (await move(request, movable));
        if (moved) return moved;
        if (movable.length === 0) throw error;
      }
    }
  }

  return {
    ...registry,
    // A request for the free records leaves the others to their holders.
    acquire: (request) =>
      request.moves === false || request.onConflict === 'skip' ? registry.acquire(request) : acquire(request),
    async acquireOrWait(request) {
      if (request.moves !== false) {
        try {
          return { kind: 'acquired', lease: await acquire({ ...request, onConflict: 'refuse' }) };
        } catch (error) {
          if (!(error instanceof ConflictError)) throw error;
        }
      }
      return registry.acquireOrWait(request);
    },
  };
}

/** The leases of sessions share their records with other tabs of their users. */
const sharing = (registry: LockRegistry): SessionRegistry => ({
  ...registry,
  acquire: (request) => registry.acquire(withUser(request)),
  acquireOrWait: (request) => registry.acquireOrWait(withUser(request)),
  takeOver: (request) => registry.takeOver(withUser(request)),
  rejoin: (leaseSecret, request) => registry.rejoin(leaseSecret, withUser(request)),
  reassert: (leaseSecret, request) => registry.reassert(leaseSecret, withUser(request)),
});

const withUser = <R extends LeaseRequest>(request: R): R => ({
  ...request,
  holder: { ...request.holder, sharesWithUser: true },
});

/**
 * The leases that block a request, if all of them are other tabs of the same user. Empty otherwise, and if somebody waits for
 * further records of the request: they came earlier. Pure.
 */
export function listMovable(
  conflicts: readonly Conflict[],
  { holder, records }: Pick<LeaseRequest, 'holder'> & { records: readonly RecordKey[] },
): Conflict[] {
  const inForce = conflicts.filter(({ isWaiting }) => !isWaiting);
  const isOtherTab = ({ lease: { holder: other } }: Conflict) =>
    other.type === 'person' &&
    other.actor.id === holder.actor.id &&
    other.id !== holder.id &&
    // A guarded write is under way.
    !other.id.startsWith(REQUEST_HOLDER);
  if (!inForce.every(isOtherTab)) return [];
  const heldCount = inForce.reduce((sum, { recordCount }) => sum + recordCount, 0);
  const isAnybodyWaiting = inForce.length < conflicts.length;
  return isAnybodyWaiting && heldCount < new Set(records).size ? [] : inForce;
}
