/** Rounds of a reconciler, one after the other, until all that is to be confirmed is confirmed or refuted. */
import type { Clock } from '../../../clock.ts';
import { assertDuration } from '../../../durations.ts';
import type { SeenLease } from '../../../locks/upkeep/expiryObserver.ts';
import type { Pending } from './decide.ts';
import type { ReconcilerOutcome, Reconciliation, Unconfirmed } from './outcome.ts';
import type { Reconciler, Round } from './reconciler.ts';

const PAUSE_MS = 500;
/** What comes after a heartbeat has stood still for its TTL: the observer's look, second looks, a job that is missed. */
const AFTER_TTL_MS = 30_000;

export interface ReconcileOptions {
  /** Told after each round what is still waited for, if anything */
  onWait?(waitsFor: readonly Unconfirmed[]): void;
  /** How long to wait for what is to be confirmed, in ms. Default: 30,000 after the longest TTL of all leases */
  timeoutMs?: number;
}

/** @throws {UnavailableError} where Redis cannot be reached */
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
  /** It has beaten since, so that its holder lives; or it was not there when this began. */
  const isRefuted = (leaseId: string) => atFirst.get(leaseId)?.heartbeat !== now.get(leaseId)?.heartbeat;

  const waits = new Map<string, Unconfirmed>();
  const add = (wait: Unconfirmed) => waits.set(`${wait.subject} ${wait.id}`, wait);
  for (const { subject, id, leaseId, waitsFor } of round.pending) {
    if (waitsFor === 'heartbeat' && isRefuted(leaseId)) continue;
    add({ subject, id, reason: inWords(waitsFor, now.get(leaseId)) });
  }
  // Those who must beat by themselves: the observer ends them where they do not.
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
      const stillS = Math.round((seen?.stillMs ?? 0) / 1_000);
      return `its heartbeat has been seen to stand still for ${stillS} s of ${Math.round((seen?.ttlMs ?? 0) / 1_000)} s`;
    }
    case 'second look':
      return 'it is looked at a second time';
    case 'job':
      return 'its job is missing, and it is watched for longer, since others beat for its lease';
  }
}
