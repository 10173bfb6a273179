/** The verbs that read: who holds which records, which leases exist, what blocks a request. */
import type { LeaseId, RecordKey } from '@rowlock/protocol';
import type { ChainableCommander, Cluster, Redis } from 'ioredis';
import { askRedis } from '../../redis/askRedis.ts';
import { asRowlockError } from '../../redis/connection.ts';
import type { Keys } from '../../redis/keys.ts';
import { readCoverage } from './coverage.ts';
import { countRecords } from './coveredResources.ts';
import { type Ancestors, type Hierarchy, knownHierarchy, resolveAncestors } from './hierarchy.ts';
import { type ConflictRow, type LeaseRow, readConflicts, readLeaseRow } from './leaseRow.ts';
import { findLeases, listLeases } from './listing.ts';
import type { InternalRegistry, RecordHolder, RecordLocks } from './lockRegistry.ts';
import { packWithAncestors } from './packedRecords.ts';
import type { RegistryScripts } from './registryScripts.ts';
import { readWorkOrder } from './workOrder.ts';

type ReadVerbs = Pick<
  InternalRegistry,
  | 'check'
  | 'listHolders'
  | 'find'
  | 'list'
  | 'getConflicts'
  | 'survey'
  | 'getAncestors'
  | 'getCoverage'
  | 'getWorkOrder'
  | 'listAwaited'
  | 'countRecords'
  | 'isInForce'
>;

type CheckReply = [position: string, held: string[], leases: LeaseRow[], waiting: LeaseId[]];

export function createReadVerbs(deps: {
  redis: Redis | Cluster;
  keys: Keys;
  scripts: Pick<RegistryScripts, 'check' | 'conflicts' | 'countRecords'>;
  hierarchy: Hierarchy;
}): ReadVerbs {
  const { redis, keys, scripts, hierarchy } = deps;

  async function readLocks(records: readonly RecordKey[], includeWaiting: boolean, ancestors?: Ancestors) {
    const above = ancestors ? knownHierarchy(hierarchy, ancestors) : hierarchy;
    const { nodes, chunks } = await packWithAncestors(above, records);
    const reply = (await scripts.check(includeWaiting ? 1 : 0, nodes, ...chunks)) as CheckReply;
    const [position, rows, leaseRows, waiting] = reply;
    const locks: RecordLocks = { position, held: new Map(), leases: new Map() };
    for (let i = 0; i < rows.length; i += 2) locks.held.set(rows[i] as RecordKey, rows[i + 1]!.split(','));
    for (const row of leaseRows) locks.leases.set(row[0], readLeaseRow(row));
    return { locks, waiting: new Set(waiting) };
  }

  const survey: ReadVerbs['survey'] = async ({ records, mode = 'exclusive', scope }) => {
    const { nodes, chunks } = await packWithAncestors(hierarchy, records, scope);
    const [rows, blockedCount] = (await scripts.conflicts(mode, '', nodes, ...chunks)) as [
      ConflictRow[],
      number,
    ];
    return { conflicts: readConflicts(rows), blockedCount };
  };

  const readLists = (leaseIds: readonly LeaseId[]) =>
    readAll(redis, leaseIds, (pipeline, id) => pipeline.lrange(keys.ids(id), 0, -1));

  return {
    check: async (records, ancestors) => (await readLocks(records, false, ancestors)).locks,

    async listHolders(records) {
      const { locks, waiting } = await readLocks(records, true);
      const holders = new Map<RecordKey, RecordHolder[]>();
      for (const [record, leaseIds] of locks.held) {
        const of = leaseIds.map((id) => ({ lease: locks.leases.get(id)!, isWaiting: waiting.has(id) }));
        holders.set(record, of);
      }
      return holders;
    },

    survey,

    getConflicts: async (request) => (await survey(request)).conflicts,

    getAncestors: (records) => resolveAncestors(hierarchy, records),

    find: (leaseIds) => findLeases(redis, keys, leaseIds),

    list: (filter) => listLeases(redis, keys, filter),

    getCoverage: async (leaseIds) => mapValues(await readLists(leaseIds), readCoverage),

    getWorkOrder: async (leaseIds) => mapValues(await readLists(leaseIds), readWorkOrder),

    async listAwaited(waiting) {
      const named = await readAll(redis, waiting, (pipeline, id) => pipeline.hkeys(keys.blockedBy(id)));
      // A blocker that has ended stays named, and `n` is a count.
      const found = await findLeases(redis, keys, [...new Set([...named.values()].flat())]);
      const isOpen = new Set(found.map(({ lease }) => lease.id));
      return mapValues(named, (leaseIds) => leaseIds.filter((id) => isOpen.has(id)));
    },

    countRecords: async (leaseIds) =>
      countRecords(scripts.countRecords, leaseIds ?? (await askRedis(() => redis.hkeys(keys.heartbeats)))),

    isInForce: async (leaseId) => (await askRedis(() => redis.hexists(keys.heartbeats, leaseId))) === 1,
  };
}

const mapValues = <Key, From, To>(map: ReadonlyMap<Key, From>, change: (value: From) => To): Map<Key, To> =>
  new Map([...map].map(([key, value]) => [key, change(value)]));

/** Asks once for each lease, in one round trip. The answers are lists of strings. */
async function readAll(
  redis: Redis | Cluster,
  leaseIds: readonly LeaseId[],
  ask: (pipeline: ChainableCommander, leaseId: LeaseId) => unknown,
): Promise<Map<LeaseId, string[]>> {
  try {
    const pipeline = redis.pipeline();
    for (const id of leaseIds) ask(pipeline, id);
    const replies = (await pipeline.exec()) ?? [];
    return new Map(
      leaseIds.map((id, i) => {
        const [error, list] = replies[i] ?? [null, []];
        if (error) throw error;
        return [id, list as string[]];
      }),
    );
  } catch (error) {
    throw asRowlockError(error);
  }
}
