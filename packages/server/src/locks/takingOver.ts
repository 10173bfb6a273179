/** Takeovers and revocations: they end leases of others, by permission. */
import { type Actor, CONFLICT_SAMPLE_SIZE, type Holder } from '@rowlock/protocol';
import type { Clock } from '../clock.ts';
import { RowlockError } from '../errors.ts';
import type { HeldLeases } from './leases/heldLeases.ts';
import type { InternalLocks, LocksOptions, TakeOverQuestion } from './lockTypes.ts';
import type { LockRegistry } from './registry/lockRegistry.ts';
import { assertRevocation } from './registry/requests.ts';
import type { ReleaseRequestStore } from './releaseRequests/releaseRequestStore.ts';
import type { Revoker } from './upkeep/revoker.ts';

export function createTakingOver(deps: {
  registry: LockRegistry;
  held: HeldLeases;
  revoker: Revoker | undefined;
  releaseRequests: Pick<ReleaseRequestStore, 'find'>;
  authorizeTakeOver: LocksOptions['authorizeTakeOver'];
  /** The holder as this user may see it, for messages */
  asSeen(watcher: Actor, holder: Holder): Holder;
  clock: Clock;
}): Pick<InternalLocks, 'takeOver' | 'revoke' | 'askTakeOver'> {
  const { registry, held, revoker, releaseRequests, authorizeTakeOver, asSeen, clock } = deps;

  async function assertPermitted(asked: Omit<TakeOverQuestion, 'releaseRequest'>): Promise<void> {
    const { actor, lease } = asked;
    const request = await releaseRequests.find(lease.id, actor.id);
    const releaseRequest = request && (request.answer ?? 'open');
    const question: TakeOverQuestion = {
      ...asked,
      ...(releaseRequest && releaseRequest !== 'released' && { releaseRequest }),
    };
    if ((await authorizeTakeOver?.(question)) === true) return;
    const { type, label, actor: by } = asSeen(actor, lease.holder);
    // Not everybody may see the label of a task.
    const holder = type === 'task' ? `a task of ${by.name}` : `"${label}" (${by.name})`;
    throw new RowlockError(
      'forbidden',
      `${actor.name} may not take over from ${holder}. Nothing has changed; ` +
        'wait until the records are free, or ask an administrator for the permission.',
    );
  }

  const askTakeOver: InternalLocks['askTakeOver'] = async ({ by, ...request }) => {
    const conflicts = await registry.getConflicts(request);
    const toEnd = conflicts.filter((conflict) => !conflict.isWaiting);
    for (const { lease, records } of toEnd) await assertPermitted({ actor: by, lease, records });
    for (const { lease } of toEnd) await revoker?.ask(lease, { reason: 'taken over', by });
    return toEnd.map(({ lease }) => lease.id);
  };

  return {
    askTakeOver,

    async takeOver({ by, reason, ...request }) {
      const leaseIds = await askTakeOver({ ...request, by });
      // No permission was needed, so the request must not overtake waiting leases.
      if (leaseIds.length === 0) return held.acquire(request);
      const requestedAtMs = clock.nowMs();
      return held.hold(request, await registry.takeOver({ ...request, leaseIds, by, reason }), requestedAtMs);
    },

    async revoke(request) {
      assertRevocation(request);
      const { by } = request;
      const found = await registry.find(request.leaseIds);
      if (found.length === 0) return [];
      const coverage = await registry.getCoverage(found.map(({ lease }) => lease.id));
      for (const { lease } of found) {
        const records = (coverage.get(lease.id)?.records ?? []).slice(0, CONFLICT_SAMPLE_SIZE);
        await assertPermitted({ actor: by, lease, records });
      }
      for (const { lease, isWaiting } of found) {
        if (!isWaiting) await revoker?.ask(lease, { reason: 'taken over', by });
      }
      const leaseIds = found.map(({ lease }) => lease.id);
      const ended = new Set(await registry.revoke({ ...request, leaseIds }));
      return found.flatMap(({ lease }) => (ended.has(lease.id) ? lease : []));
    },
  };
}
