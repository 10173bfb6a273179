/** The one error by which the database refuses a holder who has lost his lease. */
import { RowlockError } from '../errors.ts';

/** What stood in the way of a write. */
export type FencedOffBy =
  /** rows carry a later fence: at most 20 of them, and the highest fence */
  | { kind: 'rows'; table: string; ids: readonly string[]; fence: string }
  /** the lease was revoked, as its row in the lease table says */
  | { kind: 'revoked'; leaseId: string; reason: string; revokedAtMs: number }
  /** the lease has gone on under a later fence: another attempt, a transfer, or more records */
  | { kind: 'later fence'; leaseId: string; fence: string }
  /** the lease is older than what the lease table still knows of */
  | { kind: 'forgotten'; leaseId: string; floor: string };

/**
 * The lease of a write has been lost. Let it roll back the transaction: nothing of it may be kept. `code` is
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
  'This transaction must be rolled back. Acquire the records again, and read them anew before you write.';

function whatHappened(fence: string, by: FencedOffBy): string {
  switch (by.kind) {
    case 'rows': {
      const [first, ...others] = by.ids;
      const more =
        others.length > 0 ? ` and ${others.length === 19 ? 'at least ' : ''}${others.length} more` : '';
      const have = others.length > 0 ? 'have' : 'has';
      return (
        `Row ${first} of ${by.table}${more} ${have} been written under a later fence (${by.fence}) than this one (${fence}): ` +
        'the lease of this write has been lost, and somebody else has had the records since.'
      );
    }
    case 'revoked':
      return (
        `Lease ${by.leaseId} (fence ${fence}) was revoked at ${new Date(by.revokedAtMs).toISOString()} ` +
        `(${by.reason}): its records may belong to somebody else by now.`
      );
    case 'later fence':
      return (
        `Lease ${by.leaseId} has gone on under fence ${by.fence}, and this write is under its earlier fence ${fence}: ` +
        'another attempt has begun, the lease was transferred, or it was extended and the fence not read again.'
      );
    case 'forgotten':
      return (
        `Lease ${by.leaseId} (fence ${fence}) has not written for so long that nothing is known of it any more ` +
        `(the floor is ${by.floor}), and whether it was revoked cannot be said.`
      );
  }
}
