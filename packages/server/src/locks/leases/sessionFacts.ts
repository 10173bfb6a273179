/** Answers which leases this process keeps for sessions. */
import type { Clock } from '../../clock.ts';
import type { KeptLeases } from './keptLeases.ts';
import type { SessionLeases } from './sessionLeaseTypes.ts';

export function createSessionFacts({
  kept,
  clock,
}: {
  kept: KeptLeases;
  clock: Clock;
}): Pick<
  SessionLeases,
  'getSession' | 'listKept' | 'listRequests' | 'getLeaseCount' | 'listHolders' | 'listAges'
> {
  return {
    getSession: (leaseId) => kept.get(leaseId)?.session,
    listKept: () =>
      kept
        .entries()
        .flatMap(([id, { session, position }]) => (session && position === undefined ? [id] : [])),
    listRequests: (session) =>
      kept
        .listOf(session)
        .filter(([, lease]) => !lease.isTransferred)
        .map(
          ([
            leaseId,
            {
              request: { records, scope = 'record' },
            },
          ]) => ({ leaseId, records, scope }),
        ),
    getLeaseCount: (session) => kept.countOf(session),
    listHolders: () => new Set(kept.sessions()),
    listAges(session) {
      const nowMs = clock.nowMs();
      return kept
        .listOf(session)
        .filter(([, lease]) => !lease.isTransferred)
        .map(([leaseId, { renewedAtMs, position }]) => ({
          leaseId,
          ageMs: Math.ceil(nowMs - renewedAtMs),
          ...(position !== undefined && { position }),
        }));
    },
  };
}
