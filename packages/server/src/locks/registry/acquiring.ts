/** Acquires records: in one script if it can, else in parts. */
import type { LeaseSecret, OnConflict } from '@rowlock/protocol';
import type { Clock } from '../../clock.ts';
import { ConflictError, LeaseLostError, UnavailableError } from '../../errors.ts';
import type { RunHint } from '../../redis/runHint.ts';
import { acquireAtOnce } from './acquireAtOnce.ts';
import { acquireAllParts, acquireInParts } from './acquireInParts.ts';
import { type AcquireOutcome, type AcquireStep, type StepOutcome, toAcquireError } from './acquireReply.ts';
import type { Hierarchy } from './hierarchy.ts';
import { packWithAncestors } from './packedRecords.ts';
import type { RegistryScripts } from './registryScripts.ts';
import {
  type AcquiredLease,
  assertRequest,
  type LeaseRequest,
  type StepSizes,
  type WaitRequest,
} from './requests.ts';

export interface Acquiring {
  /** @throws {ConflictError} {DeadlockError} {RestartGraceError} */
  acquire(request: WaitRequest, onConflict: OnConflict): Promise<AcquireOutcome>;
  /** @throws {ConflictError} {RestartGraceError} */
  acquireBy(step: AcquireStep, request: LeaseRequest, onConflict: 'refuse' | 'skip'): Promise<StepOutcome>;
  /** @throws {LeaseLostError} if the lease was not lost with Redis's data, or somebody else has its records */
  reassert(leaseSecret: LeaseSecret, request: LeaseRequest): Promise<AcquiredLease>;
  /** @throws {LeaseLostError} {DeadlockError} {RestartGraceError} */
  rejoin(leaseSecret: LeaseSecret, request: LeaseRequest): Promise<AcquireOutcome>;
}

export function createAcquiring(options: {
  scripts: RegistryScripts;
  hierarchy: Hierarchy;
  runHint: RunHint;
  sizes: StepSizes;
  clock: Clock;
  assertGraceOver(runId: string): Promise<void>;
}): Acquiring {
  const { hierarchy, sizes } = options;
  const deps = { ...options, partSize: sizes.partSize };
  return {
    async acquire(request, onConflict) {
      assertRequest(request);
      const packed = await packWithAncestors(hierarchy, request.records, request.scope);
      if (request.records.length > sizes.maxRecordsPerStep) {
        return acquireInParts(deps, request, packed, onConflict);
      }
      const outcome = await acquireAtOnce(deps, request, packed, onConflict);
      if (outcome.kind === 'refused') throw toAcquireError(['refused']);
      return outcome;
    },

    async acquireBy(step, request, onConflict) {
      assertRequest(request);
      const packed = await packWithAncestors(hierarchy, request.records, request.scope);
      const outcome =
        request.records.length <= sizes.maxRecordsPerStep
          ? await acquireAtOnce(deps, request, packed, onConflict, step)
          : await acquireInParts(deps, request, packed, onConflict);
      // Only `wait` leads to this answer.
      if (outcome.kind === 'waiting') throw new ConflictError(outcome.waiting.conflicts);
      return outcome;
    },

    async reassert({ leaseId, secret }, request) {
      const packed = await packWithAncestors(hierarchy, request.records, request.scope);
      try {
        const outcome = await acquireAllParts(deps, request, packed, 'refuse', { secret, reassert: leaseId });
        if (outcome?.kind === 'acquired') return outcome.lease;
      } catch (error) {
        if (error instanceof UnavailableError) throw error;
      }
      throw new LeaseLostError(leaseId);
    },

    async rejoin(lost, request) {
      // A request in parts begins under a new id.
      if (request.records.length > sizes.maxRecordsPerStep) throw new LeaseLostError(lost.leaseId);
      const packed = await packWithAncestors(hierarchy, request.records, request.scope);
      const outcome = await acquireAtOnce(deps, { ...request, lost }, packed, 'wait');
      if (outcome.kind === 'refused') throw new LeaseLostError(lost.leaseId);
      return outcome;
    },
  };
}
