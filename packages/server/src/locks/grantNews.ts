/** What the scripts tell of a lease that has come into force, in a reply or over a channel: `leaseId fence since count`. */
import type { Conflict, LeaseId, RecordKey } from '@rowlock/protocol';
import type { Grant } from './requests.ts';

export interface GrantNews {
  leaseId: LeaseId;
  fence: string;
  since: number;
  recordCount: number;
}

export function readNews(news: string): GrantNews {
  const [leaseId, fence, since, count] = news.split(' ') as [LeaseId, string, string, string];
  return { leaseId, fence, since: Number(since), recordCount: Number(count) };
}

/** The grant, for who knows its secret. */
export function grantOf(
  { leaseId, fence, since, recordCount }: GrantNews,
  { secret, ttlMs }: { secret: string; ttlMs: number },
  { skipped = [], conflicts = [] }: { skipped?: readonly RecordKey[]; conflicts?: readonly Conflict[] } = {},
): Grant {
  return { id: leaseId, secret, ttlMs, fence, since, recordCount, skipped, conflicts };
}
