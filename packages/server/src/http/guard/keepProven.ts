/**
 * Renews the lease that the caller proved, while their write runs. Otherwise the lease of a tab that closes in
 * mid-request would end after the disconnect grace, and somebody else could write before the handler has ended.
 */
import type { LeaseSecret } from '@rowlock/protocol';
import type { Clock } from '../../clock.ts';
import { LeaseLostError } from '../../errors.ts';
import type { LockRegistry } from '../../locks/registry/lockRegistry.ts';

/** Well below the disconnect grace: a heartbeat within it keeps the lease. */
const RENEW_INTERVAL_MS = 1_000;

/** Returns a function that stops it. `onLost` is called if the lease has ended. */
export function keepProven(options: {
  registry: LockRegistry;
  clock: Clock;
  leaseSecret: LeaseSecret;
  onLost(error: LeaseLostError): void;
}): () => void {
  const { registry, clock, leaseSecret, onLost } = options;
  const stop = clock.every(RENEW_INTERVAL_MS, async () => {
    try {
      await registry.renew(leaseSecret);
    } catch (error) {
      // If Redis is away, nothing expires, and the next renewal decides.
      if (!(error instanceof LeaseLostError)) return;
      stop();
      // The session may have resumed it under a new secret, or a task may have it now. Then it lives without this
      // request.
      if (!(await registry.isInForce(leaseSecret.leaseId).catch(() => true))) onLost(error);
    }
  });
  return stop;
}
