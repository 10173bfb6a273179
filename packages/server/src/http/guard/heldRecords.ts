/**
 * Holds the records of a guarded write: under the leases that the request proves, and the other records under a short lease
 * of the request's own.
 */
import { randomUUID } from 'node:crypto';
import type { Actor, RecordKey } from '@rowlock/protocol';
import type { Clock } from '../../clock.ts';
import { LeaseLostError } from '../../errors.ts';
import type { TransferableLease } from '../../locks/leases/criticalSections.ts';
import { REQUEST_HOLDER } from '../../locks/leases/endSessionLeases.ts';
import type { LeaseHandle } from '../../locks/leases/leaseHandle.ts';
import type { InternalLocks } from '../../locks/locks.ts';
import type { ProvenLease } from '../../locks/registry/lockRegistry.ts';
import { keepProven } from './keepProven.ts';
import { findProvenLeases, type ProofDeps } from './provenLeases.ts';
import type { WriteSecrets } from './writeSecrets.ts';

/** Short, because a lease whose answer was lost keeps the records until it expires. */
const REQUEST_TTL_MS = 5_000;

export interface HoldDeps extends ProofDeps {
  locks: Pick<InternalLocks, 'acquire' | 'markTransferred'>;
  clock: Clock;
}

export interface HeldRecords {
  lease: { leaseId: string; fence: string };
  /** The id of the caller's session, else the holder's id of the request's own lease. Undefined if nothing is held */
  holderId: string | undefined;
  /** Aborts if the client leaves, or if a lease of the write is lost or transferred */
  signal: AbortSignal;
  /** Leases that can be transferred to a task that the handler launches */
  transferable: TransferableLease[];
  /** The client has left */
  abort(): void;
  end(): void;
}

/** @throws {ConflictError} {LeaseLostError} {UnavailableError} */
export async function holdRecords(
  deps: HoldDeps,
  write: { records: RecordKey[]; actor: Actor; label: string; secrets: WriteSecrets },
): Promise<HeldRecords> {
  const { locks } = deps;
  const { records, actor, label, secrets } = write;
  const { leases, uncovered, holderId } = await findProvenLeases(deps, secrets, {
    records,
    actorId: actor.id,
  });
  const requestId = `${REQUEST_HOLDER}${randomUUID()}`;
  const own =
    uncovered.length > 0
      ? await locks.acquire({
          holder: { type: 'person', id: requestId, label, actor },
          records: uncovered,
          ttlMs: REQUEST_TTL_MS,
        })
      : undefined;
  const lease = await leaseOfWrite(deps, own, leases);
  const gone = new AbortController();
  const kept = leases.map((lease) => keepLease(deps, lease, gone));
  const ownTransferable: TransferableLease[] = own
    ? [
        {
          leaseId: own.id,
          secret: own.secret,
          ownerId: actor.id,
          hasEnded: () => own.signal.aborted,
          onTransferred: () => locks.markTransferred(own),
        },
      ]
    : [];
  return {
    transferable: [...ownTransferable, ...kept.map(({ toTransferable }) => toTransferable(actor.id))],
    lease,
    holderId: holderId ?? (own && requestId),
    signal: own ? AbortSignal.any([own.signal, gone.signal]) : gone.signal,
    abort: () => gone.abort(new DOMException('The client left before it was answered.', 'AbortError')),
    end() {
      for (const { stop } of kept) stop();
      // If this fails because Redis is away, the lease expires by its heartbeat.
      own?.release().catch(() => {});
    },
  };
}

/** Renews a proven lease until `stop`. If it is lost or transferred, `gone` aborts. */
function keepLease({ registry, clock }: HoldDeps, lease: ProvenLease, gone: AbortController) {
  const { leaseId, secret } = lease;
  const leaseSecret = { leaseId, secret };
  const stop = keepProven({ registry, clock, leaseSecret, onLost: (error) => gone.abort(error) });
  return {
    stop,
    toTransferable: (ownerId: string): TransferableLease => ({
      ...leaseSecret,
      ownerId,
      hasEnded: () => gone.signal.aborted,
      onTransferred() {
        stop();
        gone.abort(new LeaseLostError(leaseId));
      },
    }),
  };
}

/**
 * The lease whose id and fence the write carries. Several leases get a new fence in common: with the newest of their
 * fences, the rows would refuse a later write under an older one of them.
 */
async function leaseOfWrite(
  { registry }: HoldDeps,
  own: LeaseHandle | undefined,
  proven: readonly ProvenLease[],
): Promise<HeldRecords['lease']> {
  const leases = own ? [{ leaseId: own.id, secret: own.secret, fence: own.fence }, ...proven] : proven;
  const [first] = leases;
  if (!first) return { leaseId: '', fence: '' };
  if (leases.length === 1) return { leaseId: first.leaseId, fence: first.fence };
  try {
    return { leaseId: first.leaseId, fence: await registry.raiseFences(leases) };
  } catch (error) {
    own?.release().catch(() => {});
    throw error;
  }
}
