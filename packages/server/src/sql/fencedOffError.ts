/** The error by which the database refuses a holder that has lost its lease. */
import { RowlockError } from '../errors.ts';

/** The reason why a write was refused. */
export type FencedOffBy =
  /** rows carry a later fence: at most 20 of them, and the highest fence */
  | { kind: 'rows'; table: string; ids: readonly string[]; fence: string }
  /** the lease was revoked, as its row in the lease table says */
  | { kind: 'revoked'; leaseId: string; reason: string; revokedAtMs: number }
  /** the lease has a later fence now: another attempt, a transfer, or more records */
  | { kind: 'later fence'; leaseId: string; fence: string }
  /** the lease is older than all leases that the lease table still contains */
  | { kind: 'forgotten'; leaseId: string; floor: string };

/**
 * The lease of a write has been lost. Let it roll back the whole transaction. `code` is
 * `lease_lost`, so `rowlock.errorHandler()` answers with 409.
 */
export class FencedOffError extends RowlockError {
  /** The fence that was refused */
  readonly fence: string;
  readonly by: FencedOffBy;

  constructor(fence: string, by: FencedOffBy) {
    super('lease_lost', `${whatHappened(fence, by)} ${WHAT_NOW}`);
    this.name = 'FencedOffError';
    this.fence = fence;
    this.by = by;
  }
}

const WHAT_NOW =
  'Roll this transaction back. Acquire the records again, and read them again before you write.';

function whatHappened(fence: string, by: FencedOffBy): string {
  switch (by.kind) {
    case 'rows': {
      const [first, ...others] = by.ids;
      const more =
        others.length > 0 ? ` and ${others.length === 19 ? 'at least ' : ''}${others.length} more` : '';
      const have = others.length > 0 ? 'have' : 'has';
      return (
        `Row ${first} of ${by.table}${more} ${have} been written under a later fence (${by.fence}) than this one (${fence}): ` +
        'the lease of this write is lost. Somebody else has held the records since.'
      );
    }
    case 'revoked':
      return (
        `Lease ${by.leaseId} (fence ${fence}) was revoked at ${new Date(by.revokedAtMs).toISOString()} ` +
        `(${by.reason}), so somebody else may hold its records now.`
      );
    case 'later fence':
      return (
        `Lease ${by.leaseId} has the fence ${by.fence} now, and this write has its earlier fence ${fence}. ` +
        'Another attempt has begun, the lease was transferred, or it was extended and the write used the old fence.'
      );
    case 'forgotten':
      return (
        `Lease ${by.leaseId} (fence ${fence}) has not written for so long that its row was removed ` +
        `(the floor is ${by.floor}), so it may have been revoked.`
      );
  }
}
