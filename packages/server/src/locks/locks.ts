/**
 * The lock registry as an application uses it: leases that renew themselves, work under a lock, waiting, taking over.
 * Usable alone, without tasks, gateway or React; `createRowlock` makes one of its own.
 */
import { type Actor, CONFLICT_SAMPLE_SIZE, type LeaseView, type RecordKey } from '@rowlock/protocol';
import type { Cluster, Redis } from 'ioredis';
import { type Clock, systemClock } from '../clock.ts';
import { RowlockError } from '../errors.ts';
import { type Logger, oneLineEach, quietLogger } from '../logger.ts';
import { assertUsable, connect } from '../redis/connection.ts';
import { onConnection } from '../redis/connectionEvents.ts';
import { keysOf } from '../redis/keys.ts';
import { LOCK_COMMANDS } from '../redis/needs.ts';
import { createStartUp } from '../redis/startUp.ts';
import { assertSuitable } from '../redis/suitability.ts';
import { assertRights } from '../redis/userRights.ts';
import { NO_TRACING, type Tracing } from '../telemetry/tracing.ts';
import { createGrantSignals } from './leases/grantSignals.ts';
import { type HeldLease, holdLease, type LeaseHandle } from './leases/leaseHandle.ts';
import { asGuestOf, findHost, hostIn, inSection, type Section } from './leases/sections.ts';
import { type WaitOptions, waitInLine } from './leases/waitInLine.ts';
import type { AuditMemory } from './registry/auditMemory.ts';
import { type AuditTrail, createAuditTrail } from './registry/auditTrail.ts';
import type { HierarchyRules } from './registry/hierarchy.ts';
import type { LeaseFilter, LeasePage } from './registry/listing.ts';
import type { LockRegistry, LockSnapshot, RecordHolder } from './registry/lockRegistry.ts';
import { openRegistry, type RegistryInside } from './registry/registry.ts';
import { assertRevocation, type ClaimRequest, type Grant, type RevokeRequest } from './registry/requests.ts';
import { type ExpiryObserver, startExpiryObserver } from './upkeep/expiryObserver.ts';
import { createRevoker, type RevokeReason, type Revoker } from './upkeep/revoker.ts';
import { type Sweeper, startSweeper } from './upkeep/sweeper.ts';

export interface HeldRequest extends Omit<ClaimRequest, 'expiry'>, WaitOptions {
  /**
   * `refuse` (default): all or nothing. `skip`: what is free; the rest is in `skipped`. `wait`: a position in the wait list,
   * for `waitMs` at most
   */
  onConflict?: 'refuse' | 'skip' | 'wait';
}

/** Without a holder the work joins the lease of the code that calls it. */
export type WorkRequest = Omit<HeldRequest, 'holder'> & Partial<Pick<HeldRequest, 'holder'>>;

export interface TakeOver extends Omit<ClaimRequest, 'expiry'> {
  /** Who takes over; `authorizeTakeOver` is asked about him */
  by: Actor;
  /** For the audit trail, and for who loses its lease */
  reason: string;
}

export interface TakeOverQuestion {
  actor: Actor;
  /** The lease that would end */
  lease: LeaseView;
  /** The wanted records that it covers; at most 20 of them */
  records: readonly RecordKey[];
}

export interface LocksOptions {
  /** A connection of the caller's, which stays his to close */
  redis: Redis | Cluster;
  /** The unit of tenancy: what has another namespace shares nothing. 1 to 64 of letters, digits, `_`, `.`, `-` */
  namespace: string;
  /** What is above what, for locks on subtrees. Default: nothing is */
  hierarchy?: HierarchyRules;
  /** May he end that lease? Anything but `true` refuses. Default: nobody may */
  authorizeTakeOver?(question: TakeOverQuestion): boolean | Promise<boolean>;
  /**
   * Awaited before a lease is ended from outside, by a takeover, because its heartbeat stood still, or because its task
   * has vanished: the place to mark it as revoked in the application's database before others get its records. Where it
   * throws, or has not answered within 10,000 ms, the lease stays: a takeover fails; of others it is asked again at a later
   * look, after a late answer or 30,000 ms without one. No other lease waits for it, but 50 are asked about at once. It
   * may be called twice for one lease, and for one that comes back in the last moment.
   */
  beforeRevoke?(lease: LeaseView, why: RevokeReason): void | Promise<void>;
  /**
   * `graceMs`: how long a restarted Redis gives records only to those who held them before, in ms. Default 10,000
   */
  recovery?: { graceMs?: number };
  /** How much of Redis's memory the audit trail may take */
  audit?: AuditMemory;
  /** Default: warnings and errors to the console */
  logger?: Logger;
  clock?: Clock;
}

export interface Locks {
  /**
   * @throws {ConflictError} naming every lease in the way, also when the time to wait is over
   * @throws {DeadlockError} where waiting would never end
   */
  acquire(request: HeldRequest): Promise<LeaseHandle>;
  /**
   * Runs `fn` under a lease and releases it, however `fn` ends. Inside another `withLock` of the same holder, or inside
   * that holder's task, it joins the lease there while that one's work runs, and extends it by what it does not cover.
   * Branches under one lease that lock the same records run one after the other. A lease is released after all work that
   * joined it has ended. @throws as `acquire`, before `fn`; {DeadlockError} where two branches would wait for each other
   */
  withLock<T>(request: WorkRequest, fn: (lease: LeaseHandle) => Promise<T>): Promise<T>;
  /**
   * Ends the leases that are in the way, and takes the records in the same step.
   * @throws {RowlockError} `forbidden`; {ConflictError} where another has come in the way meanwhile
   */
  takeOver(request: TakeOver): Promise<LeaseHandle>;
  /**
   * Ends leases, also such that wait, and takes nothing: their holders are told, and a task ends as failed. Those that
   * were ended; one that had ended before is not among them. @throws {RowlockError} `forbidden`, `bad_request`
   */
  revoke(request: RevokeRequest): Promise<LeaseView[]>;
  /** Who holds which of these records now; free ones are absent. */
  check(records: readonly RecordKey[]): Promise<LockSnapshot>;
  /** Who holds each of these records now or waits for it, in the order in which they came. */
  holders(records: readonly RecordKey[]): Promise<Map<RecordKey, RecordHolder[]>>;
  /** The leases in force, oldest first, page by page. */
  list(filter?: LeaseFilter): Promise<LeasePage>;
  /** What happened to records and holders: who took, extended, lost, was taken over, when and why. */
  audit: AuditTrail;
  /** The bare verbs. */
  registry: LockRegistry;
  /**
   * Waits for the connection, refuses a Redis that is too old, that takes no writes or whose user lacks a right, warns of one
   * that may evict locks, and begins to look after leases: without it nothing expires. If it fails, it is tried again until
   * it succeeds or `close` is called, and the log says why; a later call waits for that. @throws {RowlockError} `unavailable`
   */
  start(): Promise<void>;
  /** The looks at heartbeats, once `ready`. */
  observer(): ExpiryObserver | undefined;
  /** Stops looking after leases; those still held are left to expire, and who waits gives up. */
  close(): Promise<void>;
}

/** @throws {TypeError} where namespace or hierarchy are malformed */
export const createLocks = (options: LocksOptions): Locks => openLocks(options);

/** What this package's own rooms can do with them beside. */
export interface LocksInside extends Locks {
  registry: RegistryInside;
  revoker: Revoker | undefined;
  /** A lease of this process is a task's now: its handle has lost it. */
  handedOver(lease: LeaseHandle): void;
  /** One try of the start. */
  begin(): Promise<void>;
}

/**
 * The same, with what the registry can do for this package's own rooms. `around` may stand before the registry, to count
 * or to trace what is asked of it.
 */
export function openLocks(
  options: LocksOptions,
  inside: {
    around?(registry: RegistryInside): RegistryInside;
    tracing?: Tracing;
    /** What the Redis user must be allowed to run. Default: what locks need */
    commands?: readonly string[];
  } = {},
): LocksInside {
  const { around = (registry) => registry, tracing = NO_TRACING, commands = LOCK_COMMANDS } = inside;
  const { redis, namespace, clock = systemClock, beforeRevoke } = options;
  const logger = oneLineEach(options.logger ?? quietLogger);
  assertUsable(redis);
  const keys = keysOf(namespace);
  const { hierarchy = {}, recovery, audit } = options;
  const signals = createGrantSignals(redis, keys);
  const registry = around(
    openRegistry({
      onGranted: signals.tell,
      redis,
      namespace,
      hierarchy,
      clock,
      ...(recovery && { recovery }),
      ...(audit && { audit }),
    }),
  );
  const revoker = beforeRevoke && createRevoker({ beforeRevoke, clock, logger });
  const held = new Map<LeaseHandle, HeldLease>();
  const closing = new AbortController();
  const waits = new Set<Promise<unknown>>();
  let looking: { observer: ExpiryObserver; sweeper: Sweeper } | undefined;

  // A restart of Redis may have lost leases: their holders are the only ones who know of them, so they ask first.
  const onReady = () => {
    for (const lease of held.values()) lease.checkNow();
  };
  const stopListening = onConnection(redis, 'ready', onReady);

  /** One try. */
  async function begin(): Promise<void> {
    await connect(redis);
    await assertRights(redis, keys, commands);
    await assertSuitable(redis, logger);
    await registry.tendGrace();
    if (closing.signal.aborted) return;
    looking ??= {
      observer: startExpiryObserver({ redis, keys, registry, clock, logger, revoker }),
      sweeper: startSweeper(registry, clock),
    };
  }
  const startUp = createStartUp({ what: 'Rowlock', begin, clock, logger });

  function hold(request: ClaimRequest, grant: Grant, sinceMs: number): LeaseHandle {
    const onEnd = () => held.delete(lease.handle);
    const lease = holdLease({ registry, clock, grant, request, sinceMs, onEnd });
    held.set(lease.handle, lease);
    return lease.handle;
  }

  async function acquire(request: HeldRequest): Promise<LeaseHandle> {
    const { onConflict = 'refuse', waitMs, signal, onPosition, ...rest } = request;
    const claim: ClaimRequest = { ...rest, expiry: 'heartbeat' };
    signal?.throwIfAborted();
    const requestedAtMs = clock.nowMs();
    if (onConflict !== 'wait') {
      return hold(claim, await registry.acquire({ ...claim, onConflict }), requestedAtMs);
    }
    const under = findHost(namespace, claim.holder)?.host;
    if (under) {
      throw new RowlockError(
        'bad_request',
        `This code already works under lease ${under.lease.id} of the same holder. Waiting while holding a lease can ` +
          'deadlock. Lock all records in one call, or extend the lease, which never waits.',
      );
    }
    const attributes = {
      'rowlock.records.count': claim.records.length,
      'rowlock.holder.type': claim.holder.type,
    };
    const waiting = tracing.span('rowlock.wait', attributes, () =>
      waitInLine({ registry, signals, clock }, claim, {
        ...(waitMs !== undefined && { waitMs }),
        ...(onPosition && { onPosition }),
        signal: signal ? AbortSignal.any([signal, closing.signal]) : closing.signal,
      }),
    );
    waits.add(waiting);
    const { grant, sinceMs } = await waiting.finally(() => waits.delete(waiting));
    return hold(claim, grant, sinceMs);
  }

  async function askForTakeOver(question: TakeOverQuestion): Promise<void> {
    if ((await options.authorizeTakeOver?.(question)) === true) return;
    const { actor, lease } = question;
    throw new RowlockError(
      'forbidden',
      `${actor.name} may not take over from "${lease.holder.label}" (${lease.holder.actor.name}). Nothing has changed; ` +
        'wait until the records are free, or ask an administrator for the permission.',
    );
  }

  async function join<T>(
    section: Section,
    host: Section,
    request: WorkRequest,
    fn: (lease: LeaseHandle) => Promise<T>,
  ): Promise<T> {
    const { lease, mode, ...under } = host.host!;
    lease.signal.throwIfAborted();
    if (mode === 'shared' && (request.mode ?? 'exclusive') === 'exclusive') {
      throw new RowlockError(
        'bad_request',
        `This code is under the shared lease ${lease.id}, which cannot become exclusive. Acquire it as exclusive at first.`,
      );
    }
    const asSubtree = request.scope === 'subtree';
    const leaseSecret = { leaseId: lease.id, secret: lease.secret };
    const missing = asSubtree
      ? request.records
      : (await registry.prove(leaseSecret, request.records)).uncovered;
    const onConflict = request.onConflict === 'skip' ? 'skip' : 'refuse';
    if (missing.length > 0)
      await lease.extend(missing, { onConflict, ...(asSubtree && { scope: 'subtree' }) });
    const guest = asGuest(lease);
    return hostIn(section, { ...under, mode, lease: guest }, () => fn(guest));
  }

  async function lead<T>(
    section: Section,
    request: HeldRequest,
    fn: (lease: LeaseHandle) => Promise<T>,
  ): Promise<T> {
    await using lease = await acquire(request);
    const { holder, mode = 'exclusive' } = request;
    let isHandedOver = false;
    const hasEnded = () => isHandedOver || (!lease.signal.aborted && !held.has(lease));
    section.own.push({
      leaseId: lease.id,
      secret: lease.secret,
      ownerId: holder.actor.id,
      hasEnded: () => !held.has(lease),
      onHandedOver() {
        isHandedOver = true;
        held.get(lease)?.lose();
      },
    });
    return await hostIn(section, { holder, mode, lease, hasEnded }, () => fn(lease));
  }

  return {
    acquire,
    async withLock(request, fn) {
      const { holder, records, mode, scope, signal, onConflict } = request;
      // Only the registry's line knows when another holder's turn comes.
      const takesTurns = onConflict !== 'wait' || findHost(namespace, holder) !== undefined;
      return inSection({ namespace, records, mode, scope, signal, takesTurns }, (section) => {
        const host = findHost(namespace, holder);
        if (host) return asGuestOf(host, join(section, host, request, fn));
        if (holder) return lead(section, { ...request, holder }, fn);
        throw new RowlockError(
          'bad_request',
          'No holder was given, and no lease is in force here that this code could join. Nothing was locked. Give a ' +
            'holder, or call this while the work that holds the lease runs.',
        );
      });
    },
    async takeOver({ by, reason, ...request }) {
      const conflicts = await registry.conflictsOf(request);
      const toEnd = conflicts.filter((conflict) => !conflict.isWaiting);
      // Nobody was asked for a permission, so nobody who waits is stepped before.
      if (toEnd.length === 0) return acquire(request);
      for (const { lease, records } of toEnd) await askForTakeOver({ actor: by, lease, records });
      for (const { lease } of toEnd) await revoker?.ask(lease, { reason: 'taken over', by });
      const requestedAtMs = clock.nowMs();
      const evict = toEnd.map((conflict) => conflict.lease.id);
      return hold(request, await registry.takeOver({ ...request, evict, by, reason }), requestedAtMs);
    },
    async revoke(request) {
      assertRevocation(request);
      const { by } = request;
      const found = await registry.find(request.leaseIds);
      if (found.length === 0) return [];
      const coverage = await registry.coverageOf(found.map(({ lease }) => lease.id));
      for (const { lease } of found) {
        const records = (coverage.get(lease.id)?.records ?? []).slice(0, CONFLICT_SAMPLE_SIZE);
        await askForTakeOver({ actor: by, lease, records });
      }
      for (const { lease, isWaiting } of found) {
        if (!isWaiting) await revoker?.ask(lease, { reason: 'taken over', by });
      }
      const leaseIds = found.map(({ lease }) => lease.id);
      const ended = new Set(await registry.revoke({ ...request, leaseIds }));
      return found.flatMap(({ lease }) => (ended.has(lease.id) ? lease : []));
    },
    check: (records) => registry.check(records),
    holders: (records) => registry.holders(records),
    list: (filter) => registry.list(filter),
    audit: createAuditTrail(redis, keys),
    registry,
    revoker,
    handedOver: (lease) => held.get(lease)?.lose(),
    begin,
    start: startUp.ready,
    observer: () => looking?.observer,
    async close() {
      startUp.close();
      stopListening();
      for (const lease of [...held.values()]) lease.abandon();
      closing.abort(
        new RowlockError('unavailable', 'This process is closing. Nothing was taken; ask another.'),
      );
      await Promise.allSettled([...waits]);
      signals.close();
      await Promise.all([looking?.observer.close(), looking?.sweeper.close(), revoker?.close()]);
    },
  };
}

/** A lease as those see it who have joined it: what they let go altogether stays with who took it. */
function asGuest(lease: LeaseHandle): LeaseHandle {
  return Object.create(lease, {
    release: { value: async (some?: readonly RecordKey[]) => (some ? lease.release(some) : undefined) },
    [Symbol.asyncDispose]: { value: async () => {} },
  }) as LeaseHandle;
}
