/** The base of all other parts: checked options, connections, the consumers of the change log, the lock registry. */
import type { Redis } from 'ioredis';
import { type ConsumerList, createConsumers } from '../changeLog/consumers.ts';
import { type Clock, systemClock } from '../clock.ts';
import { type Connections, connectionsTo } from '../connections.ts';
import { assertDurationSetting, DAY_MS } from '../durations.ts';
import { assertSameUser } from '../locks/leases/sameUser.ts';
import { type InternalLocks, openLocks } from '../locks/locks.ts';
import { tracedRegistry } from '../locks/registry/tracedRegistry.ts';
import { type Logger, oneLineEach, quietLogger } from '../logger.ts';
import { countedRegistry } from '../metrics/countedRegistry.ts';
import { type Counts, createCounts } from '../metrics/counts.ts';
import { createOrigins, type Origins } from '../origins.ts';
import { createPermissions, type Permissions } from '../permissions.ts';
import { type Keys, keysOf } from '../redis/keys.ts';
import { ALL_COMMANDS } from '../redis/needs.ts';
import type { RowlockOptions } from '../rowlockOptions.ts';
import { readIdleRule } from '../sessions/idleRule.ts';
import { createSessionStore, type SessionStore } from '../sessions/sessionStore.ts';
import { assertSubscribers } from '../subscribers/subscriber.ts';
import { hasTaskStarted } from '../tasks/store/taskStore.ts';
import { readRetention } from '../tasks/upkeep/retention.ts';
import { createTracing, NO_TRACING, type Tracing } from '../telemetry/tracing.ts';
import { notedRegistry } from '../versions/endedLeases.ts';
import { createVersionStore } from '../versions/versionStore.ts';
import { createVersions, type InternalVersions } from '../versions/versions.ts';

const RECHECK_BOUNDS = { atLeastMs: 100, atMostMs: DAY_MS };

/** The parts that need no connection. */
interface Basis {
  namespace: string;
  keys: Keys;
  logger: Logger;
  clock: Clock;
  /** Where each part that follows the change log registers */
  log: ConsumerList;
  permissions: Permissions;
  origins: Origins;
  counts: Counts;
  tracing: Tracing;
}

export interface Foundation extends Basis {
  connections: Connections;
  /** For scripts and short commands */
  redis: Redis;
  locks: InternalLocks;
  versions: InternalVersions;
  sessionStore: SessionStore;
}

/** @throws {TypeError} {RangeError} if an option is malformed. Nothing is open then */
export function openFoundation(options: RowlockOptions): Foundation {
  const basis = checkedBasis(options);
  const connections = connectionsTo(options.redis);
  const redis = connections.commands;
  const parts = closedOnError(connections, () => openLocksAndVersions(options, basis, redis));
  const sessionStore = createSessionStore(redis, basis.keys);
  return { ...basis, connections, redis, ...parts, sessionStore };
}

function checkedBasis(options: RowlockOptions): Basis {
  const { namespace, resources, telemetry } = options;
  readRetention(options.retention);
  assertDurationSetting('sessions.disconnectGraceMs', options.sessions?.disconnectGraceMs);
  assertDurationSetting('sessions.releaseRequestMs', options.sessions?.releaseRequestMs);
  readIdleRule(options.sessions);
  assertSameUser(options.sessions?.sameUser);
  assertDurationSetting('auth.recheckMs', options.auth?.recheckMs, RECHECK_BOUNDS);
  assertSubscribers(options.subscribers ?? {});
  const clock = systemClock;
  const log = createConsumers();
  const logger = oneLineEach(options.logger ?? quietLogger);
  return {
    namespace,
    keys: keysOf(namespace),
    logger,
    clock,
    log,
    permissions: createPermissions(options.auth, { resources, clock, log, logger }),
    origins: createOrigins(options.allowedOrigins ?? []),
    counts: createCounts(log),
    tracing: telemetry ? createTracing(telemetry, namespace) : NO_TRACING,
  };
}

/** Each needs the other: a lease that somebody else ends may have changes to note. */
function openLocksAndVersions(options: RowlockOptions, basis: Basis, redis: Redis) {
  const { keys, permissions } = basis;
  const locks = openTracedLocks(options, basis, redis, {
    note: (change) => versions.note(change),
    hasStarted: (taskId) => hasTaskStarted(redis, keys, taskId),
  });
  const { registry, runHint } = locks;
  const store = createVersionStore(redis, keys, { runHint, memory: options.versions });
  const versions = createVersions({ store, registry, assertResources: permissions.assertResources });
  return { locks, versions };
}

/**
 * The lock registry. Its calls are counted, and traced if the application has telemetry. Changes are noted before a lease
 * ends from outside.
 */
function openTracedLocks(
  options: RowlockOptions,
  basis: Basis,
  redis: Redis,
  endedLeases: Parameters<typeof notedRegistry>[1],
): InternalLocks {
  const { namespace, clock, logger, permissions, counts, tracing } = basis;
  const { hierarchy, beforeRevoke, recovery, audit, telemetry } = options;
  return openLocks(
    {
      redis,
      namespace,
      clock,
      logger,
      authorizeTakeOver: (question) => permissions.isGranted({ ...question, action: 'takeOver' }),
      ...(hierarchy && { hierarchy }),
      ...(beforeRevoke && { beforeRevoke }),
      ...(recovery && { recovery }),
      ...(audit && { audit }),
    },
    {
      around(registry) {
        const counted = countedRegistry(notedRegistry(registry, endedLeases), counts);
        return telemetry ? tracedRegistry(counted, tracing) : counted;
      },
      asSeen: permissions.redaction.holder,
      tracing,
      commands: ALL_COMMANDS,
    },
  );
}

/** If `open` throws, nobody else closes the connections, which others may share. */
function closedOnError<T>(connections: Pick<Connections, 'close'>, open: () => T): T {
  try {
    return open();
  } catch (error) {
    connections.close();
    throw error;
  }
}
