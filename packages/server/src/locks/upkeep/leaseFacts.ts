/** The public side of each observed lease, read once and again before the lease ends. */
import type { LeaseView } from '@rowlock/protocol';
import type { Cluster, Redis } from 'ioredis';
import type { Keys } from '../../redis/keys.ts';
import { createHashReader } from '../../redis/readHashes.ts';
import { type LeaseRow, readLeaseRow } from '../registry/leaseRow.ts';
import type { LeaseExpiry } from '../registry/requests.ts';
import type { HeartbeatAges } from './heartbeatAges.ts';

const FIELDS = ['holder', 'mode', 'since', 'count', 'ttl', 'expiry'];

interface LeaseFacts {
  view: LeaseView;
  ttlMs: number;
  expiry: LeaseExpiry;
  /** The heartbeat at which they were read: a transfer, which changes them, raises it */
  atHeartbeat: string;
}

export interface LeaseFactReader {
  get(leaseId: string): LeaseFacts | undefined;
  /** Reads new leases, and those that are about to end: they may have been transferred since the last read. */
  update(heartbeats: ReadonlyMap<string, string>, ages: HeartbeatAges): Promise<void>;
}

export function createLeaseFactReader(redis: Redis | Cluster, { prefix }: Keys): LeaseFactReader {
  const readFields = createHashReader(redis, prefix, { kind: 'lease:', fields: FIELDS });
  const facts = new Map<string, LeaseFacts>();
  return {
    get: (leaseId) => facts.get(leaseId),
    async update(heartbeats, ages) {
      for (const id of facts.keys()) if (!heartbeats.has(id)) facts.delete(id);
      const leaseIds = [...ages].flatMap(([id, { heartbeat, silentMs }]) => {
        const known = facts.get(id);
        return known && (silentMs < known.ttlMs || known.atHeartbeat === heartbeat) ? [] : id;
      });
      if (leaseIds.length === 0) return;
      for (const [i, values] of (await readFields(leaseIds)).entries()) {
        const [holder, mode, since, count, ttl, expiry] = values;
        // It ended between the two reads: the next check no longer sees it.
        if (!holder || !mode || !since || !count || !ttl) continue;
        const id = leaseIds[i]!;
        facts.set(id, {
          view: readLeaseRow([id, holder, mode, since, count] satisfies LeaseRow),
          ttlMs: Number(ttl),
          expiry: expiry as LeaseExpiry,
          atHeartbeat: heartbeats.get(id)!,
        });
      }
    },
  };
}
