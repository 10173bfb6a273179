/** The registry in Redis behind the interface of the model: the same calls, and answers in the same form. */
import type { LeaseId, LeaseView, RecordKey } from '@rowlock/protocol';
import type { Redis } from 'ioredis';
import type { Clock } from '../../src/clock.ts';
import type { LockRegistry } from '../../src/locks/registry/lockRegistry.ts';
import { createLockRegistry } from '../../src/locks/registry/registry.ts';
import { keysOf } from '../../src/redis/keys.ts';
import { errorAnswer, isContended } from './answers.ts';
import type { Answer, Call, View } from './calls.ts';
import { createLeaseNames } from './leaseNames.ts';
import { makeCall, type Traces, TTL_MS } from './makeCall.ts';
import { HIERARCHY, RESOURCES, ROWS } from './universe.ts';

export interface AskedRegistry {
  /** `client` is the number of the connection. The answer names leases by id. `named` replaces the ids */
  ask(call: Call, client: number): Promise<Answer>;
  /** The answer with the test's names for leases. The calls that created these leases must have been answered */
  named(answer: Answer): Answer;
  view(): Promise<View>;
  /** Ends all leases of the test. Returns the keys that are left in the namespace, without its prefix */
  drain(): Promise<string[]>;
  /** Reads the heartbeat of a lease. `seen` is its heartbeat in the model now */
  observe(name: string, seen: string): Promise<void>;
  /** The fences of all leases, in the order of the answers */
  fences: number[];
  clients: readonly LockRegistry[];
  /** The id of a lease from its name in the test */
  idOf(name: string): LeaseId;
}

export interface AskOptions {
  /** Requests for more records than this are acquired in parts of this size. Default: the registry's own limit */
  partSize?: number;
  clock?: Clock;
}

export function askRegistry(
  connections: readonly Redis[],
  namespace: string,
  { partSize, clock }: AskOptions = {},
): AskedRegistry {
  const clients = connections.map((redis) =>
    createLockRegistry({
      ...{ redis, namespace, hierarchy: HIERARCHY },
      ...(partSize && { sizes: { maxRecordsPerStep: partSize, partSize } }),
      ...(clock && { clock }),
    }),
  );
  const keys = keysOf(namespace);
  const redis = connections[0]!;
  const registry = clients[0]!;
  const traces: Traces = { names: createLeaseNames(), fences: [], seen: new Map() };
  const { names, fences, seen } = traces;

  return {
    clients,
    fences,
    idOf: names.idOf,
    async ask(call, client) {
      try {
        return await makeCall(clients[client % clients.length]!, traces, call);
      } catch (error) {
        const answer = errorAnswer(error);
        if (answer) return answer;
        if (partSize && isContended(error)) return { kind: 'contended' };
        throw error;
      }
    },
    named(answer) {
      if (answer.kind === 'stopped') return { ...answer, remaining: answer.remaining.map(names.nameOf) };
      if (!('conflicts' in answer)) return answer;
      const conflicts = answer.conflicts.map((conflict) => ({
        ...conflict,
        lease: names.nameOf(conflict.lease),
      }));
      return { ...answer, conflicts };
    },
    async observe(name, asSeen) {
      const id = names.idOf(name);
      const heartbeat = (await redis.hget(keys.heartbeats, id)) ?? (await redis.hget(keys.pending, id));
      if (heartbeat !== null) seen.set(`${name} ${asSeen}`, heartbeat);
    },
    async drain() {
      for (const leaseSecret of names.listSecrets()) {
        const end = await registry.stopWaiting(leaseSecret, TTL_MS, []);
        if (end.kind === 'acquired') await registry.release(leaseSecret);
      }
      while (await registry.sweep());
      return (await redis.keys(`${keys.prefix}*`)).map((key) => key.slice(keys.prefix.length)).sort();
    },
    view: () => readView(registry, names.nameOf),
  };
}

async function readView(registry: LockRegistry, nameOf: (id: LeaseId) => string): Promise<View> {
  const [{ held }, holders, { leases }, ...on] = await Promise.all([
    registry.check(ROWS),
    registry.listHolders(ROWS),
    registry.list(),
    ...RESOURCES.map((resource) => registry.list({ resource })),
  ]);
  const namesOf = (list: readonly LeaseView[]) => list.map(({ id }) => nameOf(id));
  const sorted = <T>(map: ReadonlyMap<RecordKey, T[]>, print: (of: T) => string) =>
    Object.fromEntries([...map].map(([row, list]) => [row, list.map(print).sort()]));
  return {
    held: sorted(held, nameOf),
    holders: sorted(holders, ({ lease, isWaiting }) => nameOf(lease.id) + (isWaiting ? '?' : '')),
    leases: leases.map(
      ({ id, mode, holder, recordCount }) => `${nameOf(id)} ${mode} ${holder.id} ${recordCount}`,
    ),
    on: Object.fromEntries(RESOURCES.map((name, i) => [name, namesOf(on[i]!.leases).sort()])),
  };
}
