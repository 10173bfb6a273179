/**
 * The lock registry: its verbs, each one Lua script, so each is atomic and Redis's own order is the order of events.
 * Only claims of more than 10,000 records take several, of which nobody sees anything before the last.
 *
 * Each record points at a lease; owner, heartbeat and state sit on the lease. Renewing, releasing and handing over
 * therefore cost the same for one record and for many thousand. This file knows nothing of tasks, sockets or React,
 * and keeps nothing running: `createLocks` does.
 */
import type { Conflict, Holder, LeaseId, LockMode, RecordKey } from '@rowlock/protocol';
import type { Cluster, Redis } from 'ioredis';
import { type Clock, systemClock } from '../../clock.ts';
import { assertDurationSetting } from '../../durations.ts';
import { ConflictError, LeaseLostError } from '../../errors.ts';
import { asRowlockError } from '../../redis/connection.ts';
import { keysOf } from '../../redis/keys.ts';
import { createRunHint } from '../../redis/runHint.ts';
import { script } from '../../redis/scripts.ts';
import { type AuditMemory, auditBytesOf } from './auditMemory.ts';
import { type Claimed, createClaims, newSecret, type Step, type SteppedClaim } from './claims.ts';
import { readCoverage } from './coverage.ts';
import { grantOf, readNews } from './grantNews.ts';
import {
  type Ancestors,
  createHierarchy,
  type HierarchyRules,
  knownHierarchy,
  resolveAncestors,
} from './hierarchy.ts';
import { type ConflictRow, type LeaseRow, readConflicts, readLeaseRow } from './leaseRow.ts';
import { findLeases, listLeases } from './listing.ts';
import type { LockRegistry, LockSnapshot, RecordHolder } from './lockRegistry.ts';
import { packRecords, packWithAncestors, partsOf } from './packedRecords.ts';
import {
  type AcquireRequest,
  assertAtMost,
  assertRequest,
  assertRevocation,
  assertTtl,
  type ClaimRequest,
  DEFAULT_TTL_MS,
  holderJson,
  MAX_RECORDS_PER_STEP,
  type QueueRequest,
  STEP_SIZES,
  type StepSizes,
} from './requests.ts';
import { createRestartGrace, DEFAULT_RESTART_GRACE_MS } from './restartGrace.ts';

export interface RegistryOptions {
  redis: Redis | Cluster;
  namespace: string;
  /** What is above what. Default: nothing is above anything but its whole resource */
  hierarchy?: HierarchyRules;
  /** `graceMs`: how long a restarted Redis gives records only to those who held them before, in ms. Default 10,000 */
  recovery?: { graceMs?: number };
  /**
   * Told of each lease that a release by this process has brought into force, as it is published. Answers whether
   * somebody waits for it here.
   */
  onGranted?(news: string): boolean;
  audit?: AuditMemory;
  clock?: Clock;
  /** For tests: makes claims in parts, and lets go in parts, of fewer records. Default: 10,000 a step, 4,000 a part */
  sizes?: StepSizes;
}

/** What this package's own rooms may ask beside the public verbs. */
export interface RegistryInside extends LockRegistry {
  queue(request: QueueRequest): Promise<Claimed>;
  /**
   * Takes records by a script that does more in the same step. Records that no single script can take are taken in
   * parts, without it. @throws {ConflictError} as `acquire`
   */
  acquireBy(step: Step, request: AcquireRequest): Promise<SteppedClaim>;
  /** What is in the way of a request, and of how many of its records; takes nothing. At most `MAX_RECORDS_PER_STEP` */
  survey(
    request: Pick<ClaimRequest, 'records' | 'mode' | 'scope'>,
  ): Promise<{ conflicts: Conflict[]; blockedCount: number }>;
}

/** The registry of a namespace on a connection of the caller's, which stays his to close. */
export const createLockRegistry = (options: RegistryOptions): LockRegistry => openRegistry(options);

export function openRegistry(options: RegistryOptions): RegistryInside {
  const { redis, namespace, recovery, clock = systemClock } = options;
  const auditBytes = auditBytesOf(options.audit);
  const { sizes = STEP_SIZES, onGranted = () => false } = options;
  const { graceMs = DEFAULT_RESTART_GRACE_MS } = recovery ?? {};
  assertDurationSetting('recovery.graceMs', graceMs);
  const keys = keysOf(namespace);
  const load = (name: string) => script(redis, keys.prefix, new URL(`./lua/${name}.lua`, import.meta.url));
  const scripts = {
    acquire: load('acquire'),
    queue: load('queue'),
    claim: load('claim'),
    commit: load('commit'),
    conflicts: load('conflicts'),
    stand: load('stand'),
    withdraw: load('withdraw'),
    extend: load('extend'),
    renew: load('renew'),
    heartbeat: load('heartbeat'),
    release: load('release'),
    free: load('free'),
    transfer: load('transfer'),
    takeOver: load('takeOver'),
    revoke: load('revoke'),
    expire: load('expire'),
    resume: load('resume'),
    prove: load('prove'),
    check: load('check'),
    sweep: load('sweep'),
    tendGrace: load('tendGrace'),
    endGrace: load('endGrace'),
  };
  const hierarchy = createHierarchy(options.hierarchy);
  const grace = createRestartGrace({
    clock,
    lengthMs: graceMs,
    end: (runId) => scripts.endGrace(runId),
  });
  const runHint = createRunHint(redis);
  const claims = createClaims({ scripts, hierarchy, grace, runHint, sizes, clock });

  async function look(records: readonly RecordKey[], isWithWaiting: boolean, ancestors?: Ancestors) {
    const above = ancestors ? knownHierarchy(hierarchy, ancestors) : hierarchy;
    const { nodes, chunks } = await packWithAncestors(above, records);
    const reply = (await scripts.check(isWithWaiting ? 1 : 0, nodes, ...chunks)) as [
      string,
      string[],
      LeaseRow[],
      LeaseId[],
    ];
    const [position, rows, leaseRows, waiting] = reply;
    const snapshot: LockSnapshot = { position, held: new Map(), leases: new Map() };
    for (let i = 0; i < rows.length; i += 2) snapshot.held.set(rows[i] as RecordKey, rows[i + 1]!.split(','));
    for (const row of leaseRows) snapshot.leases.set(row[0], readLeaseRow(row));
    return { snapshot, waiting: new Set(waiting) };
  }

  async function survey({ records, mode = 'exclusive', scope }: Parameters<RegistryInside['survey']>[0]) {
    const { nodes, chunks } = await packWithAncestors(hierarchy, records, scope);
    const [rows, blockedCount] = (await scripts.conflicts(mode, nodes, ...chunks)) as [ConflictRow[], number];
    return { conflicts: readConflicts(rows), blockedCount };
  }

  return {
    async acquire(request) {
      const claimed = await claims.take(request, request.onConflict ?? 'refuse');
      // Only `wait` can answer otherwise.
      if (claimed.kind === 'waiting') throw new ConflictError(claimed.ticket.conflicts);
      return claimed.grant;
    },

    acquireBy: (step, request) => claims.takeBy(step, request, request.onConflict ?? 'refuse'),

    queue: (request) => claims.take(request, 'wait'),

    async stand({ leaseId, secret }, ttlMs) {
      const reply = (await scripts.stand(leaseId, secret)) as
        | ['granted', news: string]
        | ['waiting', string, number]
        | null;
      if (!reply) throw new LeaseLostError(leaseId);
      if (reply[0] === 'granted')
        return { kind: 'granted', grant: grantOf(readNews(reply[1]), { secret, ttlMs }) };
      return { kind: 'waiting', position: reply[2] };
    },

    async withdraw({ leaseId, secret }, ttlMs, leaseIds) {
      const reply = (await scripts.withdraw(leaseId, secret, ...leaseIds)) as
        | ['granted', news: string]
        | ['withdrawn', LeaseId[]];
      if (reply[0] === 'granted')
        return { kind: 'granted', grant: grantOf(readNews(reply[1]), { secret, ttlMs }) };
      return { kind: 'withdrawn', still: reply[1] };
    },

    async extend(leaseSecret, { records, scope, onConflict = 'refuse' }) {
      assertRequest({ records });
      assertAtMost(records.length, MAX_RECORDS_PER_STEP, 'a lease is extended by');
      const { nodes, chunks } = await packWithAncestors(hierarchy, records, scope);
      const reply = (await scripts.extend(
        leaseSecret.leaseId,
        leaseSecret.secret,
        onConflict,
        nodes,
        ...chunks,
      )) as
        | ['extended', string, number, RecordKey[], ConflictRow[]]
        | ['conflict', ConflictRow[]]
        | ['grace', string]
        | ['lost'];
      switch (reply[0]) {
        case 'extended': {
          const [, fence, recordCount, skipped, rows] = reply;
          return { fence, recordCount, skipped, conflicts: readConflicts(rows) };
        }
        case 'conflict':
          throw new ConflictError(readConflicts(reply[1]));
        case 'grace':
          await claims.passGrace(reply[1]);
          return this.extend(leaseSecret, { records, onConflict, ...(scope && { scope }) });
        case 'lost':
          throw new LeaseLostError(leaseSecret.leaseId);
      }
    },

    async renew({ leaseId, secret }) {
      const heartbeat = Number(await scripts.renew(leaseId, secret));
      if (heartbeat === 0) throw new LeaseLostError(leaseId);
      return heartbeat;
    },

    async heartbeatOf({ leaseId, secret }) {
      const heartbeat = (await scripts.heartbeat(leaseId, secret)) as number | null;
      if (heartbeat === null) throw new LeaseLostError(leaseId);
      return heartbeat;
    },

    async release({ leaseId, secret }, reason = 'released') {
      const granted = (await scripts.release(leaseId, secret, reason, runHint.current())) as string[] | null;
      if (!granted) throw new LeaseLostError(leaseId);
      const isAnyHere = granted.map(onGranted).includes(true);
      // Who waits in this process goes on before who has let go: else the latter's next request would be made ready
      // while nobody works under the lock.
      if (isAnyHere) await new Promise(setImmediate);
    },

    async free({ leaseId, secret }, records) {
      assertRequest({ records });
      let left = 0;
      for (const part of partsOf(packRecords(records), sizes.partSize)) {
        left = Number(await scripts.free(leaseId, secret, ...part));
        if (left < 0) throw new LeaseLostError(leaseId);
        if (left === 0) break;
      }
      return left;
    },

    async transfer({ leaseId, secret }, { holder, ttlMs, expiry, nextSecret = newSecret() }) {
      assertTtl(ttlMs);
      const args = [leaseId, secret, nextSecret, holderJson(holder), ttlMs ?? '', expiry ?? ''];
      const reply = (await scripts.transfer(...args)) as [string, string, number, string] | null;
      if (!reply) throw new LeaseLostError(leaseId);
      return {
        id: leaseId,
        secret: nextSecret,
        fence: reply[0],
        ttlMs: Number(reply[1]),
        recordCount: reply[2],
      };
    },

    async takeOver(request) {
      assertRequest(request);
      assertAtMost(request.records.length, MAX_RECORDS_PER_STEP, 'one takeover covers');
      const { holder, mode = 'exclusive', ttlMs = DEFAULT_TTL_MS, expiry = 'heartbeat' } = request;
      const { nodes, chunks } = await packWithAncestors(hierarchy, request.records, request.scope);
      const secret = newSecret();
      const lease = [runHint.current(), secret, holderJson(holder), mode, ttlMs, expiry];
      const how = [request.evict.join(), JSON.stringify(request.by), request.reason];
      const reply = (await scripts.takeOver(...lease, ...how, nodes, ...chunks)) as
        | ['granted', news: string]
        | ['conflict', ConflictRow[]]
        | ['grace', string];
      switch (reply[0]) {
        case 'granted':
          return grantOf(readNews(reply[1]), { secret, ttlMs });
        case 'conflict':
          throw new ConflictError(readConflicts(reply[1]));
        case 'grace':
          await claims.passGrace(reply[1]);
          return this.takeOver(request);
      }
    },

    async revoke(request) {
      assertRevocation(request);
      const { leaseIds, by, reason } = request;
      return (await scripts.revoke(JSON.stringify(by), reason, ...leaseIds)) as LeaseId[];
    },

    conflictsOf: async (request) => (await survey(request)).conflicts,

    survey,

    reassert: claims.reassert,

    async expire(leaseId, heartbeat, reason) {
      return (await scripts.expire(leaseId, heartbeat, reason)) === 1;
    },

    async resume({ leaseId, secret }, next = newSecret(), actorId = '') {
      const reply = (await scripts.resume(leaseId, secret, next, actorId)) as
        | [number, string, string, string, string, LockMode]
        | null;
      if (!reply) throw new LeaseLostError(leaseId);
      const [heartbeat, fence, ttlMs, recordCount, holder, mode] = reply;
      return {
        id: leaseId,
        secret: next,
        fence,
        ttlMs: Number(ttlMs),
        recordCount: Number(recordCount),
        records: (await this.coverageOf([leaseId])).get(leaseId)!.records,
        holder: JSON.parse(holder) as Holder,
        mode,
        heartbeat,
      };
    },

    async prove({ leaseId, secret }, records, actorId = '') {
      const { nodes, chunks } = await packWithAncestors(hierarchy, records);
      const reply = (await scripts.prove(leaseId, secret, actorId, nodes, ...chunks)) as
        | [fence: string, uncovered: RecordKey[]]
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

    check: async (records, ancestors) => (await look(records, false, ancestors)).snapshot,

    ancestorsOf: (records) => resolveAncestors(hierarchy, records),

    async holders(records) {
      const { snapshot, waiting } = await look(records, true);
      const holders = new Map<RecordKey, RecordHolder[]>();
      for (const [record, leaseIds] of snapshot.held) {
        const of = leaseIds.map((id) => ({ lease: snapshot.leases.get(id)!, isWaiting: waiting.has(id) }));
        holders.set(record, of);
      }
      return holders;
    },

    find: (leaseIds) => findLeases(redis, keys, leaseIds),

    list: (filter) => listLeases(redis, keys, filter),

    async coverageOf(leaseIds) {
      try {
        const pipeline = redis.pipeline();
        for (const id of leaseIds) pipeline.lrange(keys.ids(id), 0, -1);
        const replies = (await pipeline.exec()) ?? [];
        return new Map(
          leaseIds.map((id, i) => {
            const [error, chunks] = replies[i] ?? [null, []];
            if (error) throw error;
            return [id, readCoverage(chunks as string[])];
          }),
        );
      } catch (error) {
        throw asRowlockError(error);
      }
    },

    async sweep() {
      return (await scripts.sweep(auditBytes)) === 1;
    },

    async tendGrace() {
      const [isOpen, runId] = (await scripts.tendGrace(runHint.current())) as [0 | 1, string];
      runHint.note(runId);
      if (isOpen === 1) await grace.note(runId);
    },
  };
}
