/**
 * The lock registry for an application: leases that renew themselves, work under a lease, waiting, takeovers. It works
 * alone, without tasks, gateway or React. `createRowlock` creates one of its own.
 */
import type { Actor, Holder } from '@rowlock/protocol';
import type { Cluster, Redis } from 'ioredis';
import { systemClock } from '../clock.ts';
import { oneLineEach, quietLogger } from '../logger.ts';
import { assertUsable, connect, isInstance, openCommands } from '../redis/connection.ts';
import { onConnection } from '../redis/connectionEvents.ts';
import { keysOf } from '../redis/keys.ts';
import { LOCK_COMMANDS } from '../redis/needs.ts';
import { createRunHint } from '../redis/runHint.ts';
import { createStartUp } from '../redis/startUp.ts';
import { assertSuitable } from '../redis/suitability.ts';
import { assertRights } from '../redis/userRights.ts';
import { NO_TRACING, type Tracing } from '../telemetry/tracing.ts';
import { createAcquiredSignals } from './leases/acquiredSignals.ts';
import { createHeldLeases } from './leases/heldLeases.ts';
import { createWithLock } from './leases/withLock.ts';
import type { InternalLocks, Locks, LocksOptions } from './lockTypes.ts';
import { createAuditTrail } from './registry/auditTrail.ts';
import type { InternalRegistry } from './registry/lockRegistry.ts';
import { openRegistry } from './registry/registry.ts';
import { createReleaseRequestStore } from './releaseRequests/releaseRequestStore.ts';
import { createTakingOver } from './takingOver.ts';
import { type ExpiryObserver, startExpiryObserver } from './upkeep/expiryObserver.ts';
import { createRevoker } from './upkeep/revoker.ts';
import { type Sweeper, startSweeper } from './upkeep/sweeper.ts';

export type * from './lockTypes.ts';

/** @throws {TypeError} if the Redis options, the namespace, the hierarchy or a setting is malformed */
export function createLocks(options: LocksOptions): Locks {
  const { redis: target } = options;
  if (isInstance(target)) return openLocks({ ...options, redis: target });
  const redis = openCommands(target);
  try {
    const locks = openLocks({ ...options, redis });
    const close = () => locks.close().finally(() => redis.disconnect());
    return { ...locks, close };
  } catch (error) {
    redis.disconnect();
    throw error;
  }
}

interface InternalOptions {
  /** The holder as this user may see it. Default: as it is */
  asSeen?(watcher: Actor, holder: Holder): Holder;
  /** Wraps the registry, to count or to trace its requests */
  around?(registry: InternalRegistry): InternalRegistry;
  tracing?: Tracing;
  /** The commands that the Redis user needs. Default: those of locks */
  commands?: readonly string[];
}

/** The same, with the calls for this package alone. */
export function openLocks(
  options: LocksOptions & { redis: Redis | Cluster },
  internal: InternalOptions = {},
): InternalLocks {
  const { around = (registry) => registry, tracing = NO_TRACING, commands = LOCK_COMMANDS } = internal;
  const { asSeen = (_watcher, holder) => holder } = internal;
  const { redis, namespace, clock = systemClock, beforeRevoke, authorizeTakeOver } = options;
  const { hierarchy = {}, recovery, audit } = options;
  const logger = oneLineEach(options.logger ?? quietLogger);
  assertUsable(redis);
  const keys = keysOf(namespace);
  const signals = createAcquiredSignals(redis, keys);
  const runHint = createRunHint(redis);
  const registry = around(
    openRegistry({
      onAcquired: signals.notify,
      runHint,
      redis,
      namespace,
      hierarchy,
      clock,
      ...(recovery && { recovery }),
      ...(audit && { audit }),
    }),
  );
  const revoker = beforeRevoke && createRevoker({ beforeRevoke, clock, logger });
  const held = createHeldLeases({ namespace, registry, signals, tracing, clock });
  const releaseRequests = createReleaseRequestStore(redis, keys);
  const stopListening = onConnection(redis, 'ready', held.checkNow);
  let upkeep: { observer: ExpiryObserver; sweeper: Sweeper } | undefined;
  let isClosed = false;

  async function begin(): Promise<void> {
    await connect(redis);
    await assertRights(redis, keys, commands);
    await assertSuitable(redis, logger);
    await registry.checkRestart();
    if (isClosed) return;
    upkeep ??= {
      observer: startExpiryObserver({ redis, keys, registry, clock, logger, revoker }),
      sweeper: startSweeper(registry, clock),
    };
  }
  const startUp = createStartUp({ what: 'Rowlock', begin, clock, logger });

  return {
    acquire: held.acquire,
    withLock: createWithLock({ namespace, registry, held }),
    ...createTakingOver({ registry, held, revoker, releaseRequests, authorizeTakeOver, asSeen, clock }),
    releaseRequests,
    check: (records) => registry.check(records),
    listHolders: (records) => registry.listHolders(records),
    list: (filter) => registry.list(filter),
    audit: createAuditTrail(redis, keys),
    registry,
    runHint,
    revoker,
    markTransferred: held.markTransferred,
    begin,
    start: startUp.ready,
    observer: () => upkeep?.observer,
    async close() {
      isClosed = true;
      startUp.close();
      stopListening();
      await held.close();
      signals.close();
      await Promise.all([upkeep?.observer.close(), upkeep?.sweeper.close(), revoker?.close()]);
    },
  };
}
