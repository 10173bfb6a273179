/** Takeovers and revocations: they end leases of others, by permission. */
import { CONFLICT_SAMPLE_SIZE } from '@rowlock/protocol';
import type { Clock } from '../clock.ts';
import { RowlockError } from '../errors.ts';
import type { HeldLeases } from './leases/heldLeases.ts';
import type { Locks, LocksOptions, TakeOverQuestion } from './lockTypes.ts';
import type { LockRegistry } from './registry/lockRegistry.ts';
import { assertRevocation } from './registry/requests.ts';
import type { Revoker } from './upkeep/revoker.ts';

export function createTakingOver(deps: {
  registry: LockRegistry;
  held: HeldLeases;
  revoker: Revoker | undefined;
  authorizeTakeOver: LocksOptions['authorizeTakeOver'];
  clock: Clock;
}): Pick<Locks, 'takeOver' | 'revoke'> {
  const { registry, held, revoker, authorizeTakeOver, clock } = deps;

  async function assertPermitted(question: TakeOverQuestion): Promise<void> {
    if ((await authorizeTakeOver?.(question)) === true) return;
    const { actor, lease } = question;
    throw new RowlockError(
      'forbidden',
      `${actor.name} may not take over from "${lease.holder.label}" (${lease.holder.actor.name}). Nothing has changed; ` +
        'wait until the records are free, or ask an administrator for the permission.',
    );
  }

  return {
    async takeOver({ by, reason, ...request }) {
      const conflicts = await registry.getConflicts(request);
      const toEnd = conflicts.filter((conflict) => !conflict.isWaiting);
      // No permission was needed, so the request must not overtake waiting leases.
      if (toEnd.length === 0) return held.acquire(request);
      for (const { lease, records } of toEnd) await assertPermitted({ actor: by, lease, records });
      for (const { lease } of toEnd) await revoker?.ask(lease, { reason: 'taken over', by });
      const requestedAtMs = clock.nowMs();
      const leaseIds = toEnd.map((conflict) => conflict.lease.id);
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
