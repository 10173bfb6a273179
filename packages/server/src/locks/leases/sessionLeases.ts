import type { Clock } from '../../clock.ts';
import type { Logger } from '../../logger.ts';
import { createCloseAnnouncement } from './closeAnnouncement.ts';
import type { LeaseSession } from './keptLease.ts';
import { KeptLeases } from './keptLeases.ts';
import type { SessionRegistry } from './sameUser.ts';
import { createSessionAcquiring } from './sessionAcquiring.ts';
import { createSessionChanges } from './sessionChanges.ts';
import { createSessionEnds } from './sessionEnds.ts';
import { createSessionFacts } from './sessionFacts.ts';
import type { SessionLeases } from './sessionLeaseTypes.ts';
import { createSessionResumption } from './sessionResumption.ts';
import type { AskTakeOver } from './takeOverRecords.ts';

export type { LeaseSession } from './keptLease.ts';
export type { SessionLeases } from './sessionLeaseTypes.ts';

const RENEW_INTERVAL_MS = 5_000;
/** Positions change at any time. The change log reports most changes at once. */
const RENEW_WAITING_INTERVAL_MS = 1_000;
/** Wherever a session is connected, its leases are renewed within this time. A beacon must not end one earlier. */
const RENEWED_WITHIN_MS = RENEW_INTERVAL_MS + 2_000;
/** A reload takes less, and a closed tab's records are free within seconds. */
const DEFAULT_GRACE_MS = 5_000;

export interface SessionLeaseDeps {
  registry: SessionRegistry;
  clock: Clock;
  logger: Logger;
  askTakeOver: AskTakeOver;
  graceMs?: number | undefined;
}

export function createSessionLeases(deps: SessionLeaseDeps): SessionLeases {
  const { registry, clock, graceMs = DEFAULT_GRACE_MS } = deps;
  const kept = new KeptLeases({ registry, clock, graceMs });
  const disconnected = new WeakSet<LeaseSession>();
  const parts = { ...deps, kept, disconnected };
  const timers = [
    clock.every(RENEW_INTERVAL_MS, () => void kept.renewAll()),
    clock.every(RENEW_WAITING_INTERVAL_MS, () => kept.renewWaiting()),
  ];

  return {
    ...createSessionAcquiring(parts),
    ...createSessionChanges(parts),
    ...createSessionResumption(parts),
    ...createSessionEnds(parts),
    ...createSessionFacts(parts),
    announceClose: createCloseAnnouncement({ ...parts, atLeastMs: Math.max(graceMs, RENEWED_WITHIN_MS) }),
    handOver(session) {
      for (const [leaseId] of kept.listOf(session)) kept.drop(leaseId);
    },
    noteDisconnected(session) {
      disconnected.add(session);
      for (const [leaseId] of kept.listOf(session)) kept.startGrace(leaseId);
    },
    renewAll: () => kept.renewAll(),
    renewWaiting: () => kept.renewWaiting(),
    noteRecords: (leaseId, read) => kept.noteRecords(leaseId, read),
    noteTransferred: (leaseId, isToTask) => kept.noteTransferred(leaseId, isToTask),
    noteEnded: (lost) => kept.drop(lost.leaseId)?.session?.onLeaseLost(lost),
    close() {
      for (const stop of timers) stop();
      kept.cancelGraces();
    },
  };
}
