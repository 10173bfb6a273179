/**
 * The audit trail: who acquired, extended, released or lost which lease, when and why. It reads the change log, about its
 * last 10,000 entries, and the records of the leases in these entries, within a memory limit (`AuditMemory`). To keep
 * more, write it into the application's own database in a subscriber.
 */
import {
  type Actor,
  type Holder,
  idOf,
  type LeaseId,
  type LockMode,
  type RecordKey,
  resourceOf,
} from '@rowlock/protocol';
import type { Cluster, Redis } from 'ioredis';
import { LEASE_LOG_KINDS, type LogEntry, type RawEntry, readEntry } from '../../changeLog/entry.ts';
import { asRowlockError } from '../../redis/connection.ts';
import type { Keys } from '../../redis/keys.ts';
import { script } from '../../redis/scripts.ts';
import { unpackChunk } from './coverage.ts';

export interface AuditEntry {
  /** The entry's position in the trail: it orders entries, and continues a page */
  position: string;
  /** Unix time in ms by the Redis server's clock */
  at: number;
  what: (typeof LEASE_LOG_KINDS)[number];
  leaseId: LeaseId;
  /** The lease's holder then; after a transfer the new one */
  holder: Holder;
  mode?: LockMode;
  /** How many records the lease covered then */
  recordCount?: number;
  /** `released`: why. After a takeover, `by` is the actor who took over, and `why` their reason */
  reason?: string;
  by?: Actor;
  why?: string;
  /** `transferred`: the holder before */
  from?: Holder;
}

export interface AuditPage {
  /** 1 to 1,000 entries. Default 100 */
  limit?: number;
  /** Only entries before this position */
  before?: string;
}

export interface AuditTrail {
  /** Newest first. A lock on an ancestor is listed at the ancestor only. */
  listByRecord(record: RecordKey, page?: AuditPage): Promise<AuditEntry[]>;
  /** Of one holder, or of all holders of an actor. Newest first. */
  listByHolder(
    of: Pick<Holder, 'type' | 'id'> | { actorId: string },
    page?: AuditPage,
  ): Promise<AuditEntry[]>;
}

const BATCH_SIZE = 500;
/** How many lists one script searches. Long lists take a few ms of Redis's time. */
const SEARCHED_AT_ONCE = 20;

type LeaseEntry = Extract<LogEntry, { kind: (typeof LEASE_LOG_KINDS)[number] }>;

export function createAuditTrail(redis: Redis | Cluster, keys: Keys): AuditTrail {
  const search = script(redis, keys.prefix, new URL('./lua/search.lua', import.meta.url));

  async function collect(
    { limit = 100, before = '+' }: AuditPage,
    choose: (entries: LeaseEntry[]) => Promise<LeaseEntry[]>,
  ): Promise<AuditEntry[]> {
    const most = Math.max(1, Math.min(limit, 1_000));
    const found: AuditEntry[] = [];
    let end = before === '+' ? '+' : `(${before}`;
    try {
      while (found.length < most) {
        const raw = (await redis.xrevrange(keys.log, end, '-', 'COUNT', BATCH_SIZE)) as RawEntry[];
        if (raw.length === 0) break;
        end = `(${raw.at(-1)![0]}`;
        const entries = raw.map(readEntry).filter((entry) => entry !== undefined && isOfLease(entry));
        for (const entry of await choose(entries as LeaseEntry[])) found.push(describe(entry));
      }
    } catch (error) {
      throw asRowlockError(error);
    }
    return found.slice(0, most);
  }

  return {
    listByRecord(record, page = {}) {
      const isOnRecord = new Map<LeaseId, boolean>();
      return collect(page, async (entries) => {
        const unknown = [...new Set(entries.map(getLeaseId))].filter((id) => !isOnRecord.has(id));
        for (let start = 0; start < unknown.length; start += SEARCHED_AT_ONCE) {
          const some = unknown.slice(start, start + SEARCHED_AT_ONCE);
          const on = new Set((await search(resourceOf(record), idOf(record), ...some)) as LeaseId[]);
          for (const id of some) isOnRecord.set(id, on.has(id));
        }
        return entries.filter((entry) => {
          if (!isOnRecord.get(getLeaseId(entry))) return false;
          const isOfSome = entry.kind === 'extended' || entry.kind === 'freed';
          return !isOfSome || unpackChunk(entry.chunk).includes(record);
        });
      });
    },

    listByHolder(of, page = {}) {
      const isOf = (holder: Holder | undefined) =>
        holder !== undefined &&
        ('actorId' in of ? holder.actor.id === of.actorId : holder.type === of.type && holder.id === of.id);
      return collect(page, async (entries) =>
        entries.filter(
          (entry) => isOf(getHolder(entry)) || (entry.kind === 'transferred' && isOf(entry.from)),
        ),
      );
    },
  };
}

const isOfLease = (entry: LogEntry): entry is LeaseEntry =>
  (LEASE_LOG_KINDS as readonly string[]).includes(entry.kind);

const getLeaseId = (entry: LeaseEntry): LeaseId => ('lease' in entry ? entry.lease.id : entry.leaseId);

const getHolder = (entry: LeaseEntry): Holder | undefined =>
  'lease' in entry ? entry.lease.holder : entry.holder;

function describe(entry: LeaseEntry): AuditEntry {
  const common = {
    position: entry.position,
    at: Number(entry.position.split('-')[0]),
    what: entry.kind,
    leaseId: getLeaseId(entry),
    holder: getHolder(entry)!,
  };
  switch (entry.kind) {
    case 'waiting':
    case 'acquired':
    case 'extended':
      return { ...common, mode: entry.lease.mode, recordCount: entry.lease.recordCount };
    case 'freed':
      return { ...common, recordCount: entry.recordCount };
    case 'transferred':
      return { ...common, from: entry.from };
    case 'released':
      return {
        ...common,
        reason: entry.reason,
        ...(entry.by && { by: entry.by }),
        ...(entry.why !== undefined && { why: entry.why }),
      };
  }
}
