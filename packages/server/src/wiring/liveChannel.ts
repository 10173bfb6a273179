/** The live channel: one view of what is watched, the leases of its sessions, and the Socket.IO end. */

import { DEFAULT_LIMITS, type Limits } from '@rowlock/protocol';
import { createGateway, type Gateway } from '../gateway/gateway.ts';
import { createPresenceStore } from '../gateway/presence/presenceStore.ts';
import { PresenceWatch } from '../gateway/presence/presenceWatch.ts';
import type { Session } from '../gateway/session/session.ts';
import { WatchedRecords } from '../gateway/view/watchedRecords.ts';
import { WatchedResources } from '../gateway/view/watchedResources.ts';
import { WatchedViewers } from '../gateway/view/watchedViewers.ts';
import { createWatching } from '../gateway/watching/watching.ts';
import { type ClientLeases, createClientLeases } from '../locks/leases/clientLeases.ts';
import { createSessionRegistry } from '../locks/leases/sameUser.ts';
import { createSessionLeases, type SessionLeases } from '../locks/leases/sessionLeases.ts';
import { DEFAULT_RECHECK_MS } from '../permissions.ts';
import type { RowlockOptions } from '../rowlockOptions.ts';
import { createEndSession, type EndSession } from '../sessions/endSession.ts';
import { readIdleRule } from '../sessions/idleRule.ts';
import { createEnsureSession, type EnsureSession } from '../sessions/openSessions.ts';
import type { Foundation } from './foundation.ts';
import type { TaskParts } from './taskParts.ts';

/** A person needs this long to see the request, and to save. */
const DEFAULT_RELEASE_REQUEST_MS = 60_000;

export interface LiveChannel {
  gateway: Gateway;
  sessionLeases: SessionLeases;
  /** Of clients without a connection */
  clientLeases: ClientLeases;
  ensureSession: EnsureSession;
  endSession: EndSession;
  limits: Limits;
}

export function createLiveChannel(
  foundation: Foundation,
  { store, inside: { tasks, userTasks } }: TaskParts,
  options: Pick<RowlockOptions, 'sessions' | 'addressOf' | 'presence' | 'auth'>,
): LiveChannel {
  const { sessions, addressOf, presence = true, auth } = options;
  const { registry } = foundation.locks;
  const sessionRegistry = createSessionRegistry(registry, {
    sameUser: sessions?.sameUser,
    askRevoke: foundation.locks.revoker?.ask,
  });
  const ensureSession = createEnsureSession({ ...foundation, registry });
  const sessionLeases = createSessionLeases({
    ...foundation,
    registry: sessionRegistry,
    askTakeOver: foundation.locks.askTakeOver,
    graceMs: sessions?.disconnectGraceMs,
  });
  const limits = { ...DEFAULT_LIMITS, ...sessions?.limits };
  const endSession = createEndSession({ ...foundation, registry });
  const views = {
    watched: new WatchedRecords<Session>(),
    watchedResources: new WatchedResources<Session>(),
    watchedViewers: new WatchedViewers<Session>(),
  };
  const presenceWatch = new PresenceWatch({
    ...foundation,
    ...views,
    store: createPresenceStore(foundation),
    isOn: presence,
  });
  const idleRule = readIdleRule(sessions);
  const gateway = createGateway({
    ...foundation,
    ...(idleRule && { idleRule }),
    ...views,
    watching: createWatching({ ...foundation, ...views, presenceWatch, registry, store, tasks }),
    sessionLeases,
    registry,
    releaseRequestStore: foundation.locks.releaseRequests,
    releaseRequestMs: sessions?.releaseRequestMs ?? DEFAULT_RELEASE_REQUEST_MS,
    ensureSession,
    endSession,
    tasks,
    userTasks,
    store,
    limits,
    recheckMs: auth?.recheckMs ?? DEFAULT_RECHECK_MS,
    ...(addressOf && { addressOf }),
  });
  const clientLeases = createClientLeases(sessionRegistry, foundation.locks.askTakeOver);
  return { gateway, sessionLeases, clientLeases, ensureSession, endSession, limits };
}
