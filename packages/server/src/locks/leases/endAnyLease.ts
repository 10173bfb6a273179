/** Ends a lease for its owner, in force or waiting. */
import type { LeaseEnd, LeaseSecret } from '@rowlock/protocol';
import { LeaseLostError } from '../../errors.ts';
import type { LockRegistry } from '../registry/lockRegistry.ts';
import { DEFAULT_TTL_MS } from '../registry/requests.ts';

/** @throws {LeaseLostError} if it has ended, or the secret is wrong */
export async function endAnyLease(
  registry: Pick<LockRegistry, 'release' | 'renewWaiting' | 'stopWaiting'>,
  leaseSecret: LeaseSecret,
  reason: LeaseEnd = 'released',
): Promise<void> {
  try {
    return await registry.release(leaseSecret, reason);
  } catch (error) {
    if (!(error instanceof LeaseLostError)) throw error;
  }
  // It may wait. The renewal proves that it does, and that it is the caller's.
  await registry.renewWaiting(leaseSecret, DEFAULT_TTL_MS);
  const end = await registry.stopWaiting(leaseSecret, DEFAULT_TTL_MS, []);
  // It has come into force in between.
  if (end.kind === 'acquired') await registry.release(leaseSecret, reason);
}
