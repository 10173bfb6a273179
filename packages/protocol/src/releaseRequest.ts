/** Release requests: a user asks the holder of a lease to release it. */
import type { Actor, LeaseId } from './lease.ts';
import type { RecordKey } from './recordKey.ts';

/** Every answer to a release request. */
export const RELEASE_ANSWERS = [
  /** The lease has ended, by its holder's answer or in another way */
  'released',
  /** The holder will release it later */
  'later',
  /** The holder keeps it */
  'refused',
  /** The holder has not answered in time */
  'unanswered',
] as const;
export type ReleaseAnswer = (typeof RELEASE_ANSWERS)[number];

/** Somebody asks this session to release one of its leases. */
export interface ReleaseRequested {
  requestId: string;
  leaseId: LeaseId;
  /** The user who asks */
  by: Actor;
  /** The records that they want, at most 20 */
  records: RecordKey[];
  /** For the holder to read */
  message?: string;
  /** When the request counts as unanswered: Unix time in ms by the Redis server's clock, for display only */
  answerBy: number;
}

/** A release request of this user has an answer. */
export interface ReleaseAnswered {
  requestId: string;
  leaseId: LeaseId;
  answer: ReleaseAnswer;
}
