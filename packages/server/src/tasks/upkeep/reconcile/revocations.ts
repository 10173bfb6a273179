/**
 * Verdicts that end a lease only after the application has agreed. Each lease is asked separately, since answers take time.
 */
import type { ExpiryObserver } from '../../../locks/upkeep/expiryObserver.ts';
import type { Revoker } from '../../../locks/upkeep/revoker.ts';
import type { Verdict } from './decide.ts';
import { inSteps } from './inSteps.ts';
import type { SupervisedLease } from './sight.ts';

/** The lease that ends with the verdict, if any. */
export const leaseEndedBy = (verdict: Verdict): SupervisedLease | undefined =>
  verdict.kind === 'note-worker' ? undefined : verdict.lease;

export interface Revocations {
  /** Carries out what is allowed, now or later, and does not wait for long. Returns the leases that continue, and why. */
  begin(verdicts: readonly Verdict[]): Promise<Map<string, string>>;
}

export function createRevocations(parts: {
  revoker: Revoker;
  observer(): ExpiryObserver | undefined;
  carryOut(verdict: Verdict): Promise<void>;
}): Revocations {
  const { revoker, observer, carryOut } = parts;
  const refused = new Map<string, string>();

  /** If others renew the lease, its heartbeat is irrelevant. */
  function isStillSo(verdict: Verdict, { lease, heartbeat }: SupervisedLease): boolean {
    if (verdict.kind === 'settle' && verdict.expected.heartbeat === undefined) return true;
    const now = observer()?.seen() ?? [];
    return now.some((seen) => seen.lease.id === lease.id && seen.heartbeat === heartbeat);
  }

  return {
    async begin(verdicts) {
      const byLease = new Map<string, { seen: SupervisedLease; its: Verdict[] }>();
      for (const verdict of verdicts) {
        const seen = leaseEndedBy(verdict);
        if (!seen) continue;
        const known = byLease.get(seen.lease.id);
        if (known) known.its.push(verdict);
        else byLease.set(seen.lease.id, { seen, its: [verdict] });
      }
      for (const id of refused.keys()) if (!byLease.has(id)) refused.delete(id);
      const endings = [...byLease].map(([id, { seen, its }]) => {
        if (!refused.has(id)) refused.set(id, 'beforeRevoke is awaited');
        return {
          lease: seen.lease,
          why: { reason: 'vanished' } as const,
          isDue: () => its.some((verdict) => isStillSo(verdict, seen)),
          async end() {
            refused.delete(id);
            await inSteps(its, its.length, carryOut);
          },
          onRefused: (error: unknown) =>
            void refused.set(
              id,
              `beforeRevoke failed: ${error instanceof Error ? error.message : String(error)}`,
            ),
        };
      });
      await revoker.end(endings);
      return new Map(refused);
    },
  };
}
