/** The verbs of a lease in force, for its owner: extend, renew, release. */
import type { RecordKey } from '@rowlock/protocol';
import { ConflictError, LeaseLostError } from '../../errors.ts';
import type { RunHint } from '../../redis/runHint.ts';
import type { Hierarchy } from './hierarchy.ts';
import { type ConflictRow, readConflicts } from './leaseRow.ts';
import type { LockRegistry } from './lockRegistry.ts';
import { packRecords, packWithAncestors, splitIntoParts } from './packedRecords.ts';
import type { RegistryScripts } from './registryScripts.ts';
import { assertAtMost, assertRequest, MAX_RECORDS_PER_STEP } from './requests.ts';

type LeaseVerbs = Pick<LockRegistry, 'extend' | 'renew' | 'getHeartbeat' | 'release' | 'releaseRecords'>;

type ExtendReply =
  | ['extended', fence: string, count: number, skipped: RecordKey[], rows: ConflictRow[]]
  | ['conflict', ConflictRow[]]
  | ['grace', runId: string]
  | ['lost'];

export function createLeaseVerbs(deps: {
  scripts: Pick<RegistryScripts, keyof LeaseVerbs>;
  hierarchy: Hierarchy;
  runHint: RunHint;
  partSize: number;
  assertGraceOver(runId: string): Promise<void>;
  onAcquired(notice: string): boolean;
}): LeaseVerbs {
  const { scripts, hierarchy, runHint, partSize, assertGraceOver, onAcquired } = deps;

  const extend: LeaseVerbs['extend'] = async (leaseSecret, request) => {
    const { records, scope, onConflict = 'refuse' } = request;
    const { leaseId, secret } = leaseSecret;
    assertRequest({ records });
    assertAtMost(records.length, MAX_RECORDS_PER_STEP, 'one extension adds');
    const { nodes, chunks } = await packWithAncestors(hierarchy, records, scope);
    const reply = (await scripts.extend(leaseId, secret, onConflict, nodes, ...chunks)) as ExtendReply;
    switch (reply[0]) {
      case 'extended': {
        const [, fence, recordCount, skipped, rows] = reply;
        return { fence, recordCount, skipped, conflicts: readConflicts(rows) };
      }
      case 'conflict':
        throw new ConflictError(readConflicts(reply[1]));
      case 'grace':
        await assertGraceOver(reply[1]);
        return extend(leaseSecret, request);
      case 'lost':
        throw new LeaseLostError(leaseId);
    }
  };

  return {
    extend,

    async renew({ leaseId, secret }) {
      const heartbeat = Number(await scripts.renew(leaseId, secret));
      if (heartbeat === 0) throw new LeaseLostError(leaseId);
      return heartbeat;
    },

    async getHeartbeat({ leaseId, secret }) {
      const heartbeat = (await scripts.getHeartbeat(leaseId, secret)) as string | null;
      if (heartbeat === null) throw new LeaseLostError(leaseId);
      return /^\d/.test(heartbeat) ? Number(heartbeat) : heartbeat;
    },

    async release({ leaseId, secret }, reason = 'released') {
      const notices = (await scripts.release(leaseId, secret, reason, runHint.current())) as string[] | null;
      if (!notices) throw new LeaseLostError(leaseId);
      const isAnyHere = notices.map(onAcquired).includes(true);
      // A waiter in this process continues before the caller does. Otherwise the caller would prepare its next request
      // while nobody works under the lock.
      if (isAnyHere) await new Promise(setImmediate);
    },

    async releaseRecords({ leaseId, secret }, records) {
      assertRequest({ records });
      let left = 0;
      for (const part of splitIntoParts(packRecords(records), partSize)) {
        left = Number(await scripts.releaseRecords(leaseId, secret, ...part));
        if (left < 0) throw new LeaseLostError(leaseId);
        if (left === 0) break;
      }
      return left;
    },
  };
}
