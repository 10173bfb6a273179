/** The leases in force, page by page, and the standing of single leases. */
import { type Holder, type LeaseId, type LeaseView, wholeResource } from '@rowlock/protocol';
import type { Cluster, Redis } from 'ioredis';
import { asRowlockError } from '../../redis/connection.ts';
import type { Keys } from '../../redis/keys.ts';
import { type LeaseRow, readLeaseRow } from './leaseRow.ts';

export interface LeaseFilter {
  /** Only leases on records of this resource */
  resource?: string;
  holder?: Pick<Holder, 'type' | 'id'>;
  actorId?: string;
  /** Continue after this lease: `next` of the previous page */
  after?: LeaseId;
  /** 1 to 1,000 leases. Default 100 */
  limit?: number;
}

/** A lease that is in force or waits. */
export interface FoundLease {
  lease: LeaseView;
  isWaiting: boolean;
  /** How often its holder has renewed it */
  heartbeat: number;
}

export interface LeasePage {
  /** Oldest first. A lease that begins or ends meanwhile may be missing */
  leases: LeaseView[];
  /** Undefined on the last page */
  next: LeaseId | undefined;
}

const BATCH_SIZE = 200;

/** The leases with a mark on the whole resource, and the lease on the whole resource itself. */
async function listLeasesOn(redis: Redis | Cluster, keys: Keys, resource: string): Promise<Set<LeaseId>> {
  const marked = await redis.hkeys(keys.marks(wholeResource(resource)));
  const whole = (await redis.hget(keys.records(resource), '*')) ?? '';
  return new Set([...marked, ...(whole.match(/\d+/g) ?? [])]);
}

export async function listLeases(
  redis: Redis | Cluster,
  keys: Keys,
  { resource, holder, actorId, after = '0', limit = 100 }: LeaseFilter = {},
): Promise<LeasePage> {
  const size = Math.max(1, Math.min(limit, 1_000));
  try {
    const onResource = resource === undefined ? undefined : await listLeasesOn(redis, keys, resource);
    const ids = (await redis.hkeys(keys.heartbeats))
      .filter((id) => Number(id) > Number(after) && (onResource?.has(id) ?? true))
      .sort((a, b) => Number(a) - Number(b));
    const leases: LeaseView[] = [];
    for (let start = 0; start < ids.length; start += BATCH_SIZE) {
      const batch = ids.slice(start, start + BATCH_SIZE);
      for (const lease of await readBatch(redis, keys, batch)) {
        if (holder && (lease.holder.type !== holder.type || lease.holder.id !== holder.id)) continue;
        if (actorId !== undefined && lease.holder.actor.id !== actorId) continue;
        if (leases.length === size) return { leases, next: leases.at(-1)!.id };
        leases.push(lease);
      }
    }
    return { leases, next: undefined };
  } catch (error) {
    throw asRowlockError(error);
  }
}

/** The standing of each of these leases, without ended leases and requests in parts. */
export async function findLeases(
  redis: Redis | Cluster,
  keys: Keys,
  leaseIds: readonly LeaseId[],
): Promise<FoundLease[]> {
  try {
    const found: FoundLease[] = [];
    for (let start = 0; start < leaseIds.length; start += BATCH_SIZE) {
      const batch = leaseIds.slice(start, start + BATCH_SIZE);
      const [leases, held, pending] = await Promise.all([
        readBatch(redis, keys, batch),
        redis.hmget(keys.heartbeats, ...batch),
        redis.hmget(keys.pending, ...batch),
      ]);
      for (const lease of leases) {
        const i = batch.indexOf(lease.id);
        const [inForce, waiting] = [held[i], pending[i]];
        if (inForce) found.push({ lease, isWaiting: false, heartbeat: Number(inForce) });
        else if (waiting?.startsWith('w'))
          found.push({ lease, isWaiting: true, heartbeat: Number(waiting.slice(1)) });
      }
    }
    return found;
  } catch (error) {
    throw asRowlockError(error);
  }
}

/** Leases that have ended meanwhile are absent. */
async function readBatch(redis: Redis | Cluster, keys: Keys, ids: readonly LeaseId[]): Promise<LeaseView[]> {
  const pipeline = redis.pipeline();
  for (const id of ids) {
    pipeline.hmget(keys.lease(id), 'holder', 'mode', 'since', 'count');
  }
  const replies = (await pipeline.exec()) ?? [];
  return ids.flatMap((id, i) => {
    const [error, fields] = replies[i] ?? [null, []];
    if (error) throw error;
    const [holder, mode, since, count] = fields as (string | null)[];
    if (!holder || !mode || !since || !count) return [];
    return [readLeaseRow([id, holder, mode, since, count] satisfies LeaseRow)];
  });
}
