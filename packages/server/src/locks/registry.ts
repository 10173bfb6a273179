/**
 * The lock registry: its verbs, each one Lua script, so each is atomic and Redis's own order is the order of events.
 *
 * Each record points at a lease; owner, heartbeat and state sit on the lease. Renewing and releasing therefore cost
 * the same for one record and for ten thousand. This file knows nothing of tasks, sockets or React.
 */
import { randomBytes } from 'node:crypto';
import type {
  Conflict,
  Holder,
  LeaseEnd,
  LeaseId,
  LeaseProof,
  LeaseView,
  LockMode,
  OwnedLease,
  RecordKey,
} from '@rowlock/protocol';
import type { Redis } from 'ioredis';
import { ConflictError, LeaseLostError, RowlockError } from '../errors.ts';
import { asRowlockError } from '../redis/connection.ts';
import { keysOf } from '../redis/keys.ts';
import { script } from '../redis/scripts.ts';
import { type LeaseRow, readLeaseRow } from './leaseRow.ts';
import { packRecords, unpackRecords } from './packedIds.ts';

/** One script blocks Redis for about 16 ms at this size. */
export const MAX_RECORDS_PER_LEASE = 20_000;

export const DEFAULT_TTL_MS = 10_000;
const MIN_TTL_MS = 1_000;

/**
 * How a lease comes to its end when its holder falls silent: by `heartbeat` alone, or `supervised`, where somebody
 * who knows better (the task queue) decides: a task that waits has no heartbeat and still holds its records.
 */
export type LeaseExpiry = 'heartbeat' | 'supervised';

export interface AcquireRequest {
  holder: Holder;
  /** 1 to `MAX_RECORDS_PER_LEASE` keys; doubles count once */
  records: readonly RecordKey[];
  /** Default `exclusive` */
  mode?: LockMode;
  /** How long the heartbeat may stand still. Default 10,000, at least 1,000 */
  ttlMs?: number;
  /** Default `heartbeat` */
  expiry?: LeaseExpiry;
}

/** A lease as its owner has it, and what others see of it. */
export interface Grant extends OwnedLease {
  since: number;
}

export interface ResumedLease extends OwnedLease {
  records: RecordKey[];
  /** The count that the resumption itself has brought it to */
  heartbeat: number;
}

/** Who holds what at `cursor`; records that are free are absent. */
export interface LockSnapshot {
  cursor: string;
  held: Map<RecordKey, LeaseId[]>;
  leases: Map<LeaseId, LeaseView>;
}

export interface LockRegistry {
  /** All of the records, or nothing. @throws {ConflictError} naming every lease in the way */
  acquire(request: AcquireRequest): Promise<Grant>;
  /** One more heartbeat; the answer is their count. @throws {LeaseLostError} */
  renew(proof: LeaseProof): Promise<number>;
  /** @throws {LeaseLostError} */
  release(proof: LeaseProof, reason?: LeaseEnd): Promise<void>;
  /** Ends a lease if its heartbeat still stands at `heartbeat`; says whether it did. */
  expire(leaseId: LeaseId, heartbeat: number, reason: LeaseEnd): Promise<boolean>;
  /**
   * Takes one's lease back; the answer carries the new secret and the old one is void. Asking again with the same
   * `nextSecret` succeeds again. With `actorId` it is refused to any other actor. @throws {LeaseLostError}
   */
  resume(proof: LeaseProof, nextSecret?: string, actorId?: string): Promise<ResumedLease>;
  /** The lease's fence, and which of the records it does not cover. @throws {LeaseLostError} */
  prove(proof: LeaseProof, records: readonly RecordKey[]): Promise<{ fence: string; uncovered: RecordKey[] }>;
  isInForce(leaseId: LeaseId): Promise<boolean>;
  /** Who holds which of these records now. */
  check(records: readonly RecordKey[]): Promise<LockSnapshot>;
  /** The records of leases; none for one that has ended and is being cleared. */
  recordsOf(leaseIds: readonly LeaseId[]): Promise<Map<LeaseId, RecordKey[]>>;
  /** Clears entries of ended leases, one chunk a call; true while there may be more. */
  sweep(): Promise<boolean>;
}

export const newSecret = (): string => randomBytes(18).toString('base64url');

type ConflictRow = [lease: LeaseRow, total: number, sample: RecordKey[]];

/** The registry of a namespace on a connection of the caller's, which stays his to close. */
export function createLockRegistry({ redis, namespace }: { redis: Redis; namespace: string }): LockRegistry {
  const keys = keysOf(namespace);
  const load = (name: string) => script(redis, keys.prefix, new URL(`./lua/${name}.lua`, import.meta.url));
  const scripts = {
    acquire: load('acquire'),
    renew: load('renew'),
    release: load('release'),
    expire: load('expire'),
    resume: load('resume'),
    prove: load('prove'),
    check: load('check'),
    sweep: load('sweep'),
  };

  return {
    async acquire({ holder, records, mode = 'exclusive', ttlMs = DEFAULT_TTL_MS, expiry = 'heartbeat' }) {
      assertRecordCount(records.length);
      assertTtl(ttlMs);
      const secret = newSecret();
      const reply = (await scripts.acquire(
        secret,
        JSON.stringify(holder),
        mode,
        ttlMs,
        expiry,
        ...packRecords(records),
      )) as ['granted', string, string, number] | ['conflict', ConflictRow[]];
      if (reply[0] === 'conflict') throw new ConflictError(reply[1].map(readConflict));
      const [, id, since, recordCount] = reply;
      return { id, secret, fence: id, ttlMs, since: Number(since), recordCount };
    },

    async renew({ leaseId, secret }) {
      const heartbeat = Number(await scripts.renew(leaseId, secret));
      if (heartbeat === 0) throw new LeaseLostError(leaseId);
      return heartbeat;
    },

    async release({ leaseId, secret }, reason = 'released') {
      if ((await scripts.release(leaseId, secret, reason)) !== 1) throw new LeaseLostError(leaseId);
    },

    async expire(leaseId, heartbeat, reason) {
      return (await scripts.expire(leaseId, heartbeat, reason)) === 1;
    },

    async resume({ leaseId, secret }, next = newSecret(), actorId = '') {
      const reply = (await scripts.resume(leaseId, secret, next, actorId)) as
        | [number, string, string, string]
        | null;
      if (!reply) throw new LeaseLostError(leaseId);
      const [heartbeat, fence, ttlMs, recordCount] = reply;
      const records = (await this.recordsOf([leaseId])).get(leaseId) ?? [];
      return {
        id: leaseId,
        secret: next,
        fence,
        ttlMs: Number(ttlMs),
        recordCount: Number(recordCount),
        records,
        heartbeat,
      };
    },

    async prove({ leaseId, secret }, records) {
      const reply = (await scripts.prove(leaseId, secret, ...packRecords(records))) as
        | [string, RecordKey[]]
        | null;
      if (!reply) throw new LeaseLostError(leaseId);
      return { fence: reply[0], uncovered: reply[1] };
    },

    async isInForce(leaseId) {
      try {
        return (await redis.hexists(keys.heartbeats, leaseId)) === 1;
      } catch (error) {
        throw asRowlockError(error);
      }
    },

    async check(records) {
      const [cursor, held, leases] = (await scripts.check(...packRecords(records))) as [
        string,
        string[],
        LeaseRow[],
      ];
      const snapshot: LockSnapshot = { cursor, held: new Map(), leases: new Map() };
      for (let i = 0; i < held.length; i += 2)
        snapshot.held.set(held[i] as RecordKey, held[i + 1]!.split(','));
      for (const row of leases) snapshot.leases.set(row[0], readLeaseRow(row));
      return snapshot;
    },

    async recordsOf(leaseIds) {
      try {
        const pipeline = redis.pipeline();
        for (const id of leaseIds) pipeline.lrange(keys.ids(id), 0, -1);
        const replies = (await pipeline.exec()) ?? [];
        return new Map(
          leaseIds.map((id, i) => {
            const [error, chunks] = replies[i] ?? [null, []];
            if (error) throw error;
            return [id, unpackRecords(chunks as string[])];
          }),
        );
      } catch (error) {
        throw asRowlockError(error);
      }
    },

    async sweep() {
      return (await scripts.sweep()) === 1;
    },
  };
}

const readConflict = ([lease, recordCount, records]: ConflictRow): Conflict => ({
  lease: readLeaseRow(lease),
  recordCount,
  records,
});

function assertRecordCount(count: number): void {
  if (count === 0) {
    throw new RowlockError('bad_request', 'A lease covers at least one record; none was given.');
  }
  if (count > MAX_RECORDS_PER_LEASE) {
    throw new RowlockError(
      'too_many_records',
      `${count} records were asked for, and one lease covers at most ${MAX_RECORDS_PER_LEASE}. Narrow the selection.`,
    );
  }
}

function assertTtl(ttlMs: number): void {
  if (!Number.isInteger(ttlMs) || ttlMs < MIN_TTL_MS) {
    throw new RowlockError(
      'bad_request',
      `ttlMs is ${ttlMs}; it must be a whole number of at least ${MIN_TTL_MS}.`,
    );
  }
}
