/** Makes rounds of a reconciler until every suspicion is confirmed or refuted. */
import type { Clock } from '../../../clock.ts';
import { assertDuration } from '../../../durations.ts';
import type { SeenLease } from '../../../locks/upkeep/expiryObserver.ts';
import type { Pending } from './decide.ts';
import type { ReconcilerOutcome, Reconciliation, Unconfirmed } from './outcome.ts';
import type { Reconciler, Round } from './reconciler.ts';

const PAUSE_MS = 500;
/**
 * The time after a heartbeat has been missing for its TTL: for the observer's look, for second looks, and for missing jobs.
 */
const AFTER_TTL_MS = 30_000;

export interface ReconcileOptions {
  /** Called after each round with the suspicions that are left, if any */
  onWait?(waitsFor: readonly Unconfirmed[]): void;
  /** How long to wait for confirmation, in ms. Default: 30,000 after the longest TTL of all leases */
  timeoutMs?: number;
}

/** @throws {UnavailableError} if Redis cannot be reached */
export async function reconcileByHand(
  { reconciler, clock }: { reconciler: Reconciler; clock: Clock },
  { onWait, timeoutMs }: ReconcileOptions = {},
): Promise<Reconciliation> {
  assertDuration('timeoutMs', timeoutMs, { mayBeEndless: true });
  const outcomes: ReconcilerOutcome[] = [];
  const stopListening = reconciler.onOutcome((outcome) => outcomes.push(outcome));
  const startMs = clock.nowMs();
  let atFirst: Map<string, SeenLease> | undefined;
  try {
    for (;;) {
      const round = await reconciler.round({ all: true });
      if (round.leases) atFirst ??= new Map(round.leases.map((seen) => [seen.lease.id, seen]));
      const waitsFor = atFirst ? waitsOf(round, atFirst) : [FIRST_LOOK];
      const longestTtlMs = Math.max(0, ...[...(atFirst?.values() ?? [])].map(({ ttlMs }) => ttlMs));
      const isOver = clock.nowMs() - startMs >= (timeoutMs ?? longestTtlMs + AFTER_TTL_MS);
      if (waitsFor.length === 0 || isOver) return { outcomes, unconfirmed: waitsFor };
      onWait?.(waitsFor);
      await new Promise<void>((resolve) => clock.after(PAUSE_MS, resolve));
    }
  } finally {
    stopListening();
  }
}

const FIRST_LOOK: Unconfirmed = {
  subject: 'lease',
  id: '*',
  reason: 'the heartbeats have not been read yet',
};

function waitsOf(round: Round, atFirst: ReadonlyMap<string, SeenLease>): Unconfirmed[] {
  const now = new Map(round.leases!.map((seen) => [seen.lease.id, seen]));
  /** It was renewed since, so its holder is alive, or it did not exist when this started. */
  const isRefuted = (leaseId: string) => atFirst.get(leaseId)?.heartbeat !== now.get(leaseId)?.heartbeat;

  const waits = new Map<string, Unconfirmed>();
  const add = (wait: Unconfirmed) => waits.set(`${wait.subject} ${wait.id}`, wait);
  for (const { subject, id, leaseId, waitsFor } of round.pending) {
    if (waitsFor === 'heartbeat' && isRefuted(leaseId)) continue;
    add({ subject, id, reason: inWords(waitsFor, now.get(leaseId)) });
  }
  // Other leases renew themselves, or the observer ends them.
  for (const seen of now.values()) {
    const isByItself = seen.expiry === 'heartbeat' || !seen.isInForce;
    if (!isByItself || isRefuted(seen.lease.id)) continue;
    add({ subject: 'lease', id: seen.lease.id, reason: inWords('heartbeat', seen) });
  }
  for (const [id, reason] of round.refused) add({ subject: 'lease', id, reason });
  return [...waits.values()];
}

function inWords(waitsFor: Pending['waitsFor'], seen: SeenLease | undefined): string {
  switch (waitsFor) {
    case 'heartbeat': {
      const stillS = Math.round((seen?.silentMs ?? 0) / 1_000);
      return `it has been seen without a heartbeat for ${stillS} s of ${Math.round((seen?.ttlMs ?? 0) / 1_000)} s`;
    }
    case 'second look':
      return 'it needs a second look';
    case 'job':
      return 'its job is missing, and it is watched for longer, since other tasks renew its lease';
  }
}
