/**
 * The leases of people: each lives with the tab that took it, and this process beats for it while the tab's
 * connection lives.
 *
 * When the connection goes, a short grace lets a reload take the lease back; then it ends. Both that end and the one
 * that a closing tab announces by beacon are compare-and-set on the heartbeat, so a tab that came back in time, here
 * or on another server, keeps its lease. A beacon itself never renews: nobody has signed in for it, and it may be repeated.
 * If this process dies, the lease expires by its heartbeat.
 */
import type {
  Holder,
  LeaseId,
  LeaseLost,
  LeaseSecret,
  LockMode,
  OwnedLease,
  RecordKey,
} from '@rowlock/protocol';
import type { Clock } from '../../clock.ts';
import { LeaseLostError } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import type { LockRegistry } from '../registry/lockRegistry.ts';
import type { ClaimRequest } from '../registry/requests.ts';

/** How long a person's lease outlives the process that beats for it. */
const TTL_MS = 15_000;
const RENEW_INTERVAL_MS = 5_000;
/** Wherever a tab's connection lives, its leases are renewed within this time: a beacon that ends one earlier would be wrong. */
const RENEWED_WITHIN_MS = RENEW_INTERVAL_MS + 2_000;
/** Within this a task that was given a lease is in the queue, or has given it back. */
const HAND_OVER_MS = 1_000;
/** How long a tab may be away: a reload takes less, and a closed tab frees its records within seconds. */
const DEFAULT_GRACE_MS = 5_000;

/** A tab, as far as its leases are concerned. */
export interface Tab {
  /** A lease has ended, or was taken back by another tab, without this tab having asked */
  onLeaseLost(lost: LeaseLost): void;
}

interface Held {
  secret: string;
  heartbeat: number;
  /** Undefined while the tab is away */
  tab: Tab | undefined;
  /** Monotonic ms before the last renewal that succeeded, or before the request that granted it */
  renewedAtMs: number;
  /** What it was granted for: a restart of Redis may lose the lease, and then it is asked for again */
  request: ClaimRequest;
  /** The last heartbeat that was begun */
  beating: Promise<void>;
  isHandedOver?: boolean;
  cancelGrace(): void;
}

export interface TabLeases {
  acquire(
    tab: Tab,
    request: { holder: Holder; records: readonly RecordKey[]; mode: LockMode },
  ): Promise<OwnedLease>;
  resume(
    tab: Tab,
    leaseSecret: LeaseSecret,
    actorId: string,
    nextSecret?: string,
  ): Promise<{ lease: OwnedLease; records: RecordKey[] }>;
  /** What a lease covers, for its own actor alone: `resume` asks for permission first. @throws {LeaseLostError} */
  recordsOf(leaseId: LeaseId, actorId: string): Promise<readonly RecordKey[]>;
  release(leaseSecret: LeaseSecret): Promise<void>;
  /** The tab's connection has gone: its leases end after the grace, unless they are resumed. */
  tabAway(tab: Tab): void;
  /**
   * The tab says that it is closing, by the secrets: its leases end after the grace, but not before a connection
   * that lives had the time to renew them.
   */
  announceClose(leaseSecrets: readonly LeaseSecret[]): Promise<void>;
  /**
   * Renews every lease now: after Redis was away, tabs get back what it has lost with its data, and learn at once what has
   * ended
   */
  renewAll(): Promise<void>;
  /**
   * The change log tells that a lease has another holder. Where that is a task, its tab learns so once the hand-over has
   * proven to last: where the task cannot be launched, the tab has its lease again.
   */
  noteTransferred(leaseId: LeaseId, isToTask: boolean): void;
  /** The change log tells that a lease has ended. */
  noteEnded(lost: LeaseLost): void;
  /** Ends every lease of the actor that this process renews or keeps during a disconnect grace. */
  endAllOf(actorId: string): Promise<void>;
  countOf(tab: Tab): number;
  /** How long ago each of the tab's leases was renewed, at most */
  agesOf(tab: Tab): { leaseId: LeaseId; ageMs: number }[];
  /** Stops beating; leases stay for their TTL, so that tabs can resume them elsewhere. */
  close(): void;
}

export function createTabLeases(deps: {
  registry: LockRegistry;
  clock: Clock;
  logger: Logger;
  graceMs?: number;
}): TabLeases {
  const { registry, clock, logger, graceMs = DEFAULT_GRACE_MS } = deps;
  const held = new Map<LeaseId, Held>();
  const away = new WeakSet<Tab>();

  function take(
    tab: Tab,
    lease: OwnedLease,
    request: ClaimRequest,
    { heartbeat, renewedAtMs }: Pick<Held, 'heartbeat' | 'renewedAtMs'>,
  ): void {
    const before = held.get(lease.id);
    before?.cancelGrace();
    if (before?.tab && before.tab !== tab) {
      before.tab.onLeaseLost({ leaseId: lease.id, reason: 'resumed elsewhere' });
    }
    held.set(lease.id, {
      secret: lease.secret,
      heartbeat,
      renewedAtMs,
      tab,
      request,
      beating: Promise.resolve(),
      cancelGrace() {},
    });
    // The tab may have gone while Redis answered.
    if (away.has(tab)) startGrace(lease.id);
  }

  function drop(leaseId: LeaseId): Held | undefined {
    const lease = held.get(leaseId);
    lease?.cancelGrace();
    held.delete(leaseId);
    return lease;
  }

  function startGrace(leaseId: LeaseId): void {
    const lease = held.get(leaseId);
    if (!lease) return;
    lease.tab = undefined;
    lease.cancelGrace();
    // Writes under the lease have counted as heartbeats too: the grace begins at the one that it has now.
    void renew(leaseId, lease);
    lease.cancelGrace = clock.after(graceMs, () => {
      held.delete(leaseId);
      void lease.beating.then(() => endIfStill(leaseId, lease.heartbeat));
    });
  }

  function endIfStill(leaseId: LeaseId, heartbeat: number): void {
    // Where this fails, because Redis is away, the lease expires by its heartbeat.
    registry.expire(leaseId, heartbeat, 'closed').catch(() => {});
  }

  /** A tab that comes back after a restart of Redis has lost its lease gets it back too, if this process knows it. */
  async function resumeOrReassert(leaseSecret: LeaseSecret, actorId: string, nextSecret: string | undefined) {
    try {
      return await registry.resume(leaseSecret, nextSecret, actorId);
    } catch (error) {
      const known = held.get(leaseSecret.leaseId);
      if (!(error instanceof LeaseLostError) || known?.secret !== leaseSecret.secret) throw error;
      await renew(leaseSecret.leaseId, known);
      return await registry.resume(leaseSecret, nextSecret, actorId);
    }
  }

  /** One heartbeat after the other, so that two never both ask for a lease that a restart of Redis has lost. */
  function renew(leaseId: LeaseId, lease: Held): Promise<void> {
    lease.beating = lease.beating.then(() => beat(leaseId, lease));
    return lease.beating;
  }

  async function beat(leaseId: LeaseId, lease: Held): Promise<void> {
    try {
      await renewOrReassert({ leaseId, secret: lease.secret }, lease);
    } catch (error) {
      if (!(error instanceof LeaseLostError) || held.get(leaseId) !== lease) return;
      const isElsewhere = await registry.isInForce(leaseId).catch(() => false);
      const reason = lease.isHandedOver ? 'handed over' : isElsewhere ? 'resumed elsewhere' : 'expired';
      drop(leaseId)?.tab?.onLeaseLost({ leaseId, reason });
    }
  }

  async function renewOrReassert(leaseSecret: LeaseSecret, lease: Held): Promise<void> {
    const renewOnce = async () => {
      const beforeMs = clock.nowMs();
      lease.heartbeat = await registry.renew(leaseSecret);
      lease.renewedAtMs = beforeMs;
    };
    try {
      await renewOnce();
    } catch (error) {
      // Perhaps nobody ended it, and Redis has lost it with its newest data: then the restart grace gives it back.
      if (!(error instanceof LeaseLostError) || held.get(leaseSecret.leaseId) !== lease || lease.isHandedOver)
        throw error;
      await registry.reassert(leaseSecret, lease.request);
      await renewOnce();
    }
  }

  const renewAll = async () => {
    // Also for tabs that are away: a grace may be longer than the TTL.
    // One that was handed over may come back: whoever asks for it meanwhile would take it for lost.
    const own = [...held].filter(([, lease]) => !lease.isHandedOver);
    await Promise.all(own.map(([leaseId, lease]) => renew(leaseId, lease)));
  };
  const stopRenewing = clock.every(RENEW_INTERVAL_MS, () => void renewAll());

  return {
    async acquire(tab, { holder, records, mode }) {
      const renewedAtMs = clock.nowMs();
      const request: ClaimRequest = { holder, records, mode, ttlMs: TTL_MS };
      const { id, secret, fence, ttlMs, recordCount } = await registry.acquire(request);
      const lease: OwnedLease = { id, secret, fence, ttlMs, recordCount };
      // The tab has gone while Redis answered, and cannot know the secret: nobody could take this lease back.
      if (away.has(tab)) await registry.release({ leaseId: lease.id, secret: lease.secret }, 'closed');
      else take(tab, lease, request, { heartbeat: 0, renewedAtMs });
      return lease;
    },

    async resume(tab, leaseSecret, actorId, nextSecret) {
      const renewedAtMs = clock.nowMs();
      const { records, holder, mode, heartbeat, ...lease } = await resumeOrReassert(
        leaseSecret,
        actorId,
        nextSecret,
      );
      take(tab, lease, { holder, records, mode, ttlMs: lease.ttlMs }, { heartbeat, renewedAtMs });
      return { lease, records };
    },

    async recordsOf(leaseId, actorId) {
      const [found] = await registry.find([leaseId]);
      const known = found?.lease ?? held.get(leaseId)?.request;
      if (known?.holder.actor.id !== actorId) throw new LeaseLostError(leaseId);
      if (!found) return held.get(leaseId)?.request.records ?? [];
      return (await registry.coverageOf([leaseId])).get(leaseId)?.records ?? [];
    },

    async release(leaseSecret) {
      // Dropped first: the change log's own word of the end must not be told to the tab as a loss. But only for its
      // owner, and for good: where Redis is away, a lease for which nobody beats any more expires.
      if (held.get(leaseSecret.leaseId)?.secret === leaseSecret.secret) drop(leaseSecret.leaseId);
      await registry.release(leaseSecret);
    },

    tabAway(tab) {
      away.add(tab);
      for (const [leaseId, lease] of held) if (lease.tab === tab) startGrace(leaseId);
    },

    async announceClose(leaseSecrets) {
      for (const leaseSecret of leaseSecrets) {
        try {
          const heartbeat = await registry.heartbeatOf(leaseSecret);
          clock.after(Math.max(graceMs, RENEWED_WITHIN_MS), () => {
            // Its tab lives here, and was only not renewed: Redis did not answer.
            if (held.get(leaseSecret.leaseId)?.tab) return;
            endIfStill(leaseSecret.leaseId, heartbeat);
          });
        } catch (error) {
          if (!(error instanceof LeaseLostError)) throw error;
          logger.info(
            `a closing tab announced lease ${leaseSecret.leaseId}, which is not in force or not its own`,
          );
        }
      }
    },

    renewAll,

    noteTransferred(leaseId, isToTask) {
      const lease = held.get(leaseId);
      if (!lease) return;
      lease.isHandedOver = isToTask;
      if (isToTask) clock.after(HAND_OVER_MS, () => void renew(leaseId, lease));
    },

    noteEnded(lost) {
      drop(lost.leaseId)?.tab?.onLeaseLost(lost);
    },

    async endAllOf(actorId) {
      const ended = [...held].filter(([, { request }]) => request.holder.actor.id === actorId);
      for (const [leaseId] of ended) drop(leaseId)?.tab?.onLeaseLost({ leaseId, reason: 'closed' });
      // If this fails because Redis is away, the lease expires: nobody renews it any more.
      await Promise.allSettled(
        ended.map(([leaseId, { secret }]) => registry.release({ leaseId, secret }, 'closed')),
      );
    },

    countOf(tab) {
      let count = 0;
      for (const lease of held.values()) if (lease.tab === tab) count++;
      return count;
    },

    agesOf(tab) {
      const nowMs = clock.nowMs();
      return [...held]
        .filter(([, lease]) => lease.tab === tab && !lease.isHandedOver)
        .map(([leaseId, { renewedAtMs }]) => ({ leaseId, ageMs: Math.ceil(nowMs - renewedAtMs) }));
    },

    close() {
      stopRenewing();
      for (const lease of held.values()) lease.cancelGrace();
    },
  };
}
