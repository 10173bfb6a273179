/** How a script writes a lease's public side (`leaseRow` in records.lua). */
import type { Holder, LeaseView, LockMode } from '@rowlock/protocol';

export type LeaseRow = [id: string, holder: string, mode: string, since: string, count: string];

export const readLeaseRow = ([id, holder, mode, since, count]: LeaseRow): LeaseView => ({
  id,
  holder: JSON.parse(holder) as Holder,
  mode: mode as LockMode,
  since: Number(since),
  recordCount: Number(count),
});
