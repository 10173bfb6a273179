/** The wish of a lease's owners: with its defaults, and as a request to the server. Pure. */
import type { LockMode, LockScope, RecordKey } from '@rowlock/protocol';
import type { LeaseOptions, LeaseWish } from './leaseHandle.ts';

export const toWish = (
  records: readonly RecordKey[],
  { mode = 'exclusive', scope = 'record', label, onConflict = 'refuse' }: LeaseOptions = {},
): LeaseWish => ({ records, mode, scope, label, onConflict });

/** Without what is default, so that older servers understand it. */
export const toRequest = ({
  records,
  mode,
  scope,
  label,
}: LeaseWish): { records: RecordKey[]; mode: LockMode; scope?: LockScope; label?: string } => ({
  records: [...records],
  mode,
  ...(scope !== 'record' && { scope }),
  ...(label !== undefined && { label }),
});
