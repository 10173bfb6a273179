/**
 * Holds the records of a guarded write: under the caller's own lease if the request proves one, else under a short lease
 * of the request's own.
 */
import { randomUUID } from 'node:crypto';
import type { Actor, LeaseSecret, RecordKey } from '@rowlock/protocol';
import type { Clock } from '../../clock.ts';
import { LeaseLostError } from '../../errors.ts';
import type { TransferableLease } from '../../locks/leases/criticalSections.ts';
import { REQUEST_HOLDER } from '../../locks/leases/endSessionLeases.ts';
import type { InternalLocks } from '../../locks/locks.ts';
import type { LockRegistry } from '../../locks/registry/lockRegistry.ts';
import { keepProven } from './provenLease.ts';

/** Short, because a lease whose answer was lost keeps the records until it expires. */
const REQUEST_TTL_MS = 5_000;

export interface HoldDeps {
  registry: LockRegistry;
  locks: Pick<InternalLocks, 'acquire' | 'markTransferred'>;
  clock: Clock;
}

export interface HeldRecords {
  lease: { leaseId: string; fence: string };
  /** The holder's id of the caller's own lease, else of the request's. Undefined if nothing is held */
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
  { registry, locks, clock }: HoldDeps,
  write: { records: RecordKey[]; actor: Actor; label: string; leaseSecret: LeaseSecret | undefined },
): Promise<HeldRecords> {
  const { records, actor, label, leaseSecret } = write;
  const proven = leaseSecret && (await registry.prove(leaseSecret, records, actor.id));
  const others = proven ? proven.uncovered : records;
  const requestId = `${REQUEST_HOLDER}${randomUUID()}`;
  const own =
    others.length > 0
      ? await locks.acquire({
          holder: { type: 'person', id: requestId, label, actor },
          records: others,
          ttlMs: REQUEST_TTL_MS,
        })
      : undefined;
  const gone = new AbortController();
  const stop =
    leaseSecret && keepProven({ registry, clock, leaseSecret, onLost: (error) => gone.abort(error) });
  const transferable: TransferableLease[] = [];
  if (own) {
    transferable.push({
      leaseId: own.id,
      secret: own.secret,
      ownerId: actor.id,
      hasEnded: () => own.signal.aborted,
      onTransferred: () => locks.markTransferred(own),
    });
  }
  if (leaseSecret) {
    transferable.push({
      ...leaseSecret,
      ownerId: actor.id,
      hasEnded: () => gone.signal.aborted,
      onTransferred() {
        stop?.();
        gone.abort(new LeaseLostError(leaseSecret.leaseId));
      },
    });
  }
  return {
    transferable,
    holderId: proven?.holder.id ?? (own && requestId),
    lease: { leaseId: own?.id ?? leaseSecret?.leaseId ?? '', fence: own?.fence ?? proven?.fence ?? '' },
    signal: own ? AbortSignal.any([own.signal, gone.signal]) : gone.signal,
    abort: () => gone.abort(new DOMException('The client left before it was answered.', 'AbortError')),
    end() {
      stop?.();
      // If this fails because Redis is away, the lease expires by its heartbeat.
      own?.release().catch(() => {});
    },
  };
}
