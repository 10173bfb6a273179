/** What the scripts tell of a lease that has come into force, in a reply or over a channel: `leaseId fence since count`, and a word of the step. */
import type { Conflict, LeaseId, RecordKey } from '@rowlock/protocol';
import type { Grant } from './requests.ts';

export interface GrantNews {
  leaseId: LeaseId;
  fence: string;
  since: number;
  recordCount: number;
  /** The answer of a script that did more in the same step */
  stepAnswer?: string;
}

export function readNews(news: string): GrantNews {
  const [leaseId, fence, since, count, stepAnswer] = news.split(' ') as [
    LeaseId,
    string,
    string,
    string,
    string?,
  ];
  return {
    leaseId,
    fence,
    since: Number(since),
    recordCount: Number(count),
    ...(stepAnswer !== undefined && { stepAnswer }),
  };
}

/** The grant, for who knows its secret. */
export function grantOf(
  { leaseId, fence, since, recordCount }: GrantNews,
  { secret, ttlMs }: { secret: string; ttlMs: number },
  { skipped = [], conflicts = [] }: { skipped?: readonly RecordKey[]; conflicts?: readonly Conflict[] } = {},
): Grant {
  return { id: leaseId, secret, ttlMs, fence, since, recordCount, skipped, conflicts };
}
