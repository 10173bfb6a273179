/** A session changes a lease that it has: adds records, releases some, or all. */
import type { LeaseId } from '@rowlock/protocol';
import { LeaseLostError, RowlockError } from '../../errors.ts';
import type { LockRegistry } from '../registry/lockRegistry.ts';
import { endAnyLease } from './endAnyLease.ts';
import { type KeptLease, toRequest } from './keptLease.ts';
import type { KeptLeases } from './keptLeases.ts';
import type { SessionLeases } from './sessionLeaseTypes.ts';
import { SESSION_TTL_MS } from './sessionTtl.ts';
import { without } from './without.ts';

export function createSessionChanges({
  registry,
  kept,
}: {
  registry: LockRegistry;
  kept: KeptLeases;
}): Pick<SessionLeases, 'extend' | 'release'> {
  /** The request of a lease in force, also of one that another process keeps. */
  async function requestOf(leaseId: LeaseId): Promise<KeptLease['request']> {
    const known = kept.get(leaseId);
    if (known?.position !== undefined) throw waitsStill(leaseId);
    if (known) return known.request;
    const [found] = await registry.find([leaseId]);
    if (!found) throw new LeaseLostError(leaseId);
    if (found.isWaiting) throw waitsStill(leaseId);
    const { records, subtrees } = (await registry.getCoverage([leaseId])).get(leaseId)!;
    return toRequest({ ...found.lease, records, subtrees, ttlMs: SESSION_TTL_MS });
  }

  return {
    async extend(leaseSecret, { records, onConflict }) {
      const { leaseId, secret } = leaseSecret;
      const request = await requestOf(leaseId);
      const { scope = 'record', ttlMs } = request;
      const extension = await registry.extend(leaseSecret, { records, scope, onConflict });
      const added = without(records, extension.skipped);
      kept.noteRecords(leaseId, () => ({ added }));
      const { fence, recordCount, conflicts } = extension;
      return { lease: { id: leaseId, secret, fence, ttlMs, recordCount }, records: added, conflicts };
    },

    async release(leaseSecret, records) {
      const { leaseId, secret } = leaseSecret;
      const known = kept.get(leaseId);
      const isOwn = known?.secret === secret;
      if (records && known?.position !== undefined) throw waitsStill(leaseId);
      if (records && !(isOwn && without(known.request.records, records).length === 0)) {
        const left = await registry.releaseRecords(leaseSecret, records);
        if (left > 0) kept.noteRecords(leaseId, () => ({ released: records }));
        else if (isOwn) kept.drop(leaseId);
        return left;
      }
      // Dropped first: the session must not hear of the end in the change log as a loss. But only for the lease's owner,
      // and permanently: if Redis is away, the lease expires, since nobody renews it any longer.
      if (isOwn) kept.drop(leaseId);
      await endAnyLease(registry, leaseSecret);
      return 0;
    },
  };
}

const waitsStill = (leaseId: LeaseId) =>
  new RowlockError(
    'bad_request',
    `Lease ${leaseId} still waits for its records, so it can be neither extended nor released in part. Nothing was changed. Wait ` +
      'until it is in force, or release all of it and ask again.',
  );
