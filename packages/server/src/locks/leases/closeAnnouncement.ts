/** Ends the leases of a tab that closes, as its beacon says, unless a connection renews them. */
import type { Clock } from '../../clock.ts';
import { LeaseLostError } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import type { LockRegistry } from '../registry/lockRegistry.ts';
import type { KeptLeases } from './keptLeases.ts';
import type { SessionLeases } from './sessionLeaseTypes.ts';

export function createCloseAnnouncement({
  registry,
  clock,
  logger,
  kept,
  atLeastMs,
}: {
  registry: LockRegistry;
  clock: Clock;
  logger: Logger;
  kept: KeptLeases;
  /** Wherever its session is connected, the lease is renewed within this time */
  atLeastMs: number;
}): SessionLeases['announceClose'] {
  return async (leaseSecrets) => {
    for (const leaseSecret of leaseSecrets) {
      const { leaseId } = leaseSecret;
      try {
        const heartbeat = await registry.getHeartbeat(leaseSecret);
        clock.after(atLeastMs, () => {
          // Its session is connected here, and was not renewed only because Redis did not answer.
          if (!kept.get(leaseId)?.session) kept.endIfUnrenewed(leaseId, heartbeat);
        });
      } catch (error) {
        if (!(error instanceof LeaseLostError)) throw error;
        logger.info(
          `A closing tab announced lease ${leaseId}, which has ended or is not its own. Nothing was ended.`,
        );
      }
    }
  };
}
