/** The verbs that change or end the ownership of a lease. */
import type { Holder, LeaseId, LockMode } from '@rowlock/protocol';
import { ConflictError, LeaseLostError } from '../../errors.ts';
import type { RunHint } from '../../redis/runHint.ts';
import { parseNotice, toAcquiredLease } from './acquiredNotice.ts';
import type { Hierarchy } from './hierarchy.ts';
import { type ConflictRow, readConflicts } from './leaseRow.ts';
import type { LockRegistry } from './lockRegistry.ts';
import { packWithAncestors } from './packedRecords.ts';
import type { RegistryScripts } from './registryScripts.ts';
import {
  actorJson,
  assertAtMost,
  assertRequest,
  assertRevocation,
  assertTtl,
  DEFAULT_TTL_MS,
  holderJson,
  MAX_RECORDS_PER_STEP,
  newSecret,
} from './requests.ts';

type OwnershipVerbs = Pick<LockRegistry, 'transfer' | 'takeOver' | 'revoke' | 'expire' | 'resume'>;

type TransferReply = [fence: string, ttlMs: string, count: number, since: string] | null;
type TakeOverReply = ['acquired', notice: string] | ['conflict', ConflictRow[]] | ['grace', runId: string];
type ResumeReply =
  | [heartbeat: number, fence: string, ttlMs: string, count: string, holder: string, mode: LockMode]
  | null;

export function createOwnershipVerbs(deps: {
  scripts: Pick<RegistryScripts, keyof OwnershipVerbs>;
  hierarchy: Hierarchy;
  runHint: RunHint;
  assertGraceOver(runId: string): Promise<void>;
  getCoverage: LockRegistry['getCoverage'];
}): OwnershipVerbs {
  const { scripts, hierarchy, runHint, assertGraceOver, getCoverage } = deps;

  const takeOver: OwnershipVerbs['takeOver'] = async (request) => {
    assertRequest(request);
    assertAtMost(request.records.length, MAX_RECORDS_PER_STEP, 'one takeover covers');
    const { holder, mode = 'exclusive', ttlMs = DEFAULT_TTL_MS, expiry = 'heartbeat' } = request;
    const { nodes, chunks } = await packWithAncestors(hierarchy, request.records, request.scope);
    const secret = newSecret();
    const lease = [runHint.current(), secret, holderJson(holder), mode, ttlMs, expiry];
    const { leaseIds, by, reason, end = 'taken over' } = request;
    const how = [leaseIds.join(), actorJson(by), reason, end];
    const reply = (await scripts.takeOver(...lease, ...how, nodes, ...chunks)) as TakeOverReply;
    switch (reply[0]) {
      case 'acquired':
        return toAcquiredLease(parseNotice(reply[1]), { secret, ttlMs });
      case 'conflict':
        throw new ConflictError(readConflicts(reply[1]));
      case 'grace':
        await assertGraceOver(reply[1]);
        return takeOver(request);
    }
  };

  return {
    takeOver,

    async transfer({ leaseId, secret }, { holder, ttlMs, expiry, nextSecret = newSecret() }) {
      assertTtl(ttlMs);
      const args = [leaseId, secret, nextSecret, holderJson(holder), ttlMs ?? '', expiry ?? ''];
      const reply = (await scripts.transfer(...args)) as TransferReply;
      if (!reply) throw new LeaseLostError(leaseId);
      const [fence, newTtlMs, recordCount] = reply;
      return { id: leaseId, secret: nextSecret, fence, ttlMs: Number(newTtlMs), recordCount };
    },

    async revoke(request) {
      assertRevocation(request);
      const { leaseIds, by, reason } = request;
      return (await scripts.revoke(actorJson(by), reason, ...leaseIds)) as LeaseId[];
    },

    async expire(leaseId, heartbeat, reason) {
      return (await scripts.expire(leaseId, heartbeat, reason)) === 1;
    },

    async resume({ leaseId, secret }, next = newSecret(), actorId = '') {
      const reply = (await scripts.resume(leaseId, secret, next, actorId)) as ResumeReply;
      if (!reply) throw new LeaseLostError(leaseId);
      const [heartbeat, fence, ttlMs, recordCount, holder, mode] = reply;
      return {
        id: leaseId,
        secret: next,
        fence,
        ttlMs: Number(ttlMs),
        recordCount: Number(recordCount),
        ...(await getCoverage([leaseId])).get(leaseId)!,
        holder: JSON.parse(holder) as Holder,
        mode,
        heartbeat,
      };
    },
  };
}
