/**
 * The lock registry. Each of its verbs is one Lua script, so each is atomic, and Redis's own order is the order of
 * events. Only requests for more than 10,000 records take several scripts, and nobody sees anything before the last.
 *
 * Each record points at a lease. Owner, heartbeat and state are on the lease, so renewing, releasing and transferring cost
 * the same for one record and for many thousand. The registry knows nothing of tasks, sockets or React, and runs no
 * timers: `createLocks` does.
 */
import type { Cluster, Redis } from 'ioredis';
import { type Clock, systemClock } from '../../clock.ts';
import { assertDurationSetting } from '../../durations.ts';
import { ConflictError } from '../../errors.ts';
import { keysOf } from '../../redis/keys.ts';
import { createRunHint, type RunHint } from '../../redis/runHint.ts';
import { createAcquiring } from './acquiring.ts';
import { type AuditMemory, toAuditBytes } from './auditMemory.ts';
import { createHierarchy, type HierarchyRules } from './hierarchy.ts';
import { createLeaseVerbs } from './leaseVerbs.ts';
import type { InternalRegistry, LockRegistry } from './lockRegistry.ts';
import { createOwnershipVerbs } from './ownershipVerbs.ts';
import { createProvingVerbs } from './provingVerbs.ts';
import { createReadVerbs } from './readVerbs.ts';
import { loadRegistryScripts } from './registryScripts.ts';
import { STEP_SIZES, type StepSizes } from './requests.ts';
import { createRestartGrace, DEFAULT_RESTART_GRACE_MS } from './restartGrace.ts';
import { createWaitVerbs } from './waitVerbs.ts';

export interface RegistryOptions {
  /** A connection of the caller's, who closes it */
  redis: Redis | Cluster;
  /** The unit of tenancy. 1 to 64 of letters, digits, `_`, `.`, `-` */
  namespace: string;
  /** Which resources are above which. Default: only the whole resource is above a record */
  hierarchy?: HierarchyRules;
  /** `graceMs`: how long a restarted Redis serves only previous holders, in ms. Default 10,000 */
  recovery?: { graceMs?: number };
  /**
   * Called with the notice of each lease that a release by this process has brought into force, as it is published. Answers
   * whether somebody in this process waits for it.
   */
  onAcquired?(notice: string): boolean;
  audit?: AuditMemory;
  clock?: Clock;
  /** For tests: smaller steps. Default: 10,000 records a step, 4,000 a part */
  sizes?: StepSizes;
}

/**
 * The registry of a namespace. The caller keeps and closes the connection.
 * @throws {TypeError} if the namespace, the hierarchy or a setting is malformed
 */
export const createLockRegistry = (options: RegistryOptions): LockRegistry => openRegistry(options);

/** The same, with the verbs for this package alone. */
export function openRegistry(options: RegistryOptions & { runHint?: RunHint }): InternalRegistry {
  const { redis, namespace, recovery, clock = systemClock } = options;
  const { runHint = createRunHint(redis) } = options;
  const { sizes = STEP_SIZES, onAcquired = () => false } = options;
  const auditBytes = toAuditBytes(options.audit);
  const { graceMs = DEFAULT_RESTART_GRACE_MS } = recovery ?? {};
  assertDurationSetting('recovery.graceMs', graceMs);
  const keys = keysOf(namespace);
  const scripts = loadRegistryScripts(redis, keys);
  const hierarchy = createHierarchy(options.hierarchy);
  const grace = createRestartGrace({
    clock,
    lengthMs: graceMs,
    end: (runId) => scripts.endGrace(runId),
  });
  const { assertGraceOver } = grace;
  const acquiring = createAcquiring({ scripts, hierarchy, runHint, sizes, clock, assertGraceOver });
  const reading = createReadVerbs({ redis, keys, scripts, hierarchy });
  const { getCoverage } = reading;

  return {
    async acquire(request) {
      const outcome = await acquiring.acquire(request, request.onConflict ?? 'refuse');
      // Only `wait` leads to this answer.
      if (outcome.kind === 'waiting') throw new ConflictError(outcome.waiting.conflicts);
      return outcome.lease;
    },
    acquireBy: (step, request) => acquiring.acquireBy(step, request, request.onConflict ?? 'refuse'),
    acquireOrWait: (request) => acquiring.acquire(request, 'wait'),
    reassert: acquiring.reassert,
    rejoin: acquiring.rejoin,
    ...createWaitVerbs({ scripts, getCoverage }),
    ...createLeaseVerbs({
      scripts,
      hierarchy,
      runHint,
      partSize: sizes.partSize,
      assertGraceOver,
      onAcquired,
    }),
    ...createProvingVerbs({ scripts, hierarchy, runHint }),
    ...createOwnershipVerbs({ scripts, hierarchy, runHint, assertGraceOver, getCoverage }),
    ...reading,
    async sweep() {
      return (await scripts.sweep(auditBytes)) === 1;
    },
    async checkRestart() {
      const [isOpen, runId] = (await scripts.checkRestart(runHint.current())) as [0 | 1, string];
      runHint.note(runId);
      if (isOpen === 1) await grace.note(runId);
    },
  };
}
