/** How often a session, and all sessions of a user together, may ask. */
import type { Limits } from '@rowlock/protocol';
import { RowlockError } from '../../errors.ts';
import type { KeyedRateLimit } from '../rateLimit.ts';
import type { Session } from '../session/session.ts';

/** Counts a message. @throws {RowlockError} `rate_limited` */
export type AssertWithinRates = (session: Session, cost: number) => void;

export function createMessageRates(
  { messagesPer10s, messagesPer10sOfUser }: Pick<Limits, 'messagesPer10s' | 'messagesPer10sOfUser'>,
  /** Of each user */
  ofUsers: Pick<KeyedRateLimit, 'allow'>,
): AssertWithinRates {
  return (session, cost) => {
    if (!session.isWithinRate(cost)) {
      throw new RowlockError(
        'rate_limited',
        `This tab has sent more than ${messagesPer10s} messages within 10 s (each 100 records count as one more). Wait a ` +
          'moment, and watch records in batches.',
      );
    }
    if (!ofUsers.allow(session.actor.id, cost)) {
      throw new RowlockError(
        'rate_limited',
        `Your tabs have sent more than ${messagesPer10sOfUser} messages within 10 s. Wait a moment, or close some of them.`,
      );
    }
  };
}
