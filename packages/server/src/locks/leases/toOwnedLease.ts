import type { OwnedLease } from '@rowlock/protocol';
import type { AcquiredLease } from '../registry/requests.ts';

/** A lease as its owner is sent it. */
export const toOwnedLease = ({ id, secret, fence, ttlMs, recordCount }: AcquiredLease): OwnedLease => ({
  id,
  secret,
  fence,
  ttlMs,
  recordCount,
});
