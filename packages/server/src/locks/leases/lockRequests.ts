/** The requests for records that an application makes. */
import type { LeaseRequest } from '../registry/requests.ts';
import type { WaitOptions } from './waitTypes.ts';

export interface LockRequest extends Omit<LeaseRequest, 'expiry'>, WaitOptions {
  /**
   * `refuse` (default): all or nothing. `skip`: the free records; the rest is in `skipped`. `wait`: a position in the wait
   * list, for `waitMs` at most
   */
  onConflict?: 'refuse' | 'skip' | 'wait';
}

/** Without a holder, the work joins the lease of the calling code. */
export type WorkRequest = Omit<LockRequest, 'holder'> & Partial<Pick<LockRequest, 'holder'>>;
