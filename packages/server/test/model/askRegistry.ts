/** Makes a call to the registry in Redis, and brings its answer into the form of the model's answers. */
import type { Conflict, LeaseId, LeaseView, RecordKey } from '@rowlock/protocol';
import type { Redis } from 'ioredis';
import type { Clock } from '../../src/clock.ts';
import { ConflictError, DeadlockError, LeaseLostError, RowlockError } from '../../src/errors.ts';
import type { LockRegistry } from '../../src/locks/registry/lockRegistry.ts';
import { createLockRegistry } from '../../src/locks/registry/registry.ts';
import type { AcquiredLease } from '../../src/locks/registry/requests.ts';
import { keysOf } from '../../src/redis/keys.ts';
import type { Answer, Blocker, Call, View } from './calls.ts';
import { HIERARCHY, holderOf, RESOURCES, ROWS } from './universe.ts';

const TTL_MS = 60_000;

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
  const ids = new Map<string, LeaseId>();
  const names = new Map<LeaseId, string>();
  const secrets = new Map<string, string>();
  const seen = new Map<string, string>();
  const fences: number[] = [];

  const nameOf = (id: LeaseId) => names.get(id) ?? `lease ${id}, unknown to the test`;
  // A lease that was never created gets an id and a secret that no lease has.
  const idOf = (name: string) => ids.get(name) ?? '1';
  const secretOf = (name: string) => secrets.get(name) ?? `no-secret-${name}`;
  const remember = (as: string, id: LeaseId, secret: string) => {
    ids.set(as, id);
    names.set(id, as);
    secrets.set(as, secret);
  };
  const listBlockers = (conflicts: readonly Conflict[]) =>
    conflicts
      .map(({ lease, records, recordCount, isWaiting }): Blocker => {
        if (records.length !== recordCount) throw new Error(`${recordCount} records, but named ${records}`);
        return { lease: lease.id, records: [...records].sort(), isWaiting: isWaiting ?? false };
      })
      .sort((one, other) => Number(one.lease) - Number(other.lease));
  const acquiredAnswer = ({ recordCount, skipped, conflicts }: AcquiredLease): Answer => ({
    kind: 'acquired',
    count: recordCount,
    skipped: [...skipped].sort(),
    conflicts: listBlockers(conflicts),
  });

  async function answer(registry: LockRegistry, call: Call): Promise<Answer> {
    const leaseSecret =
      'secret' in call
        ? { leaseId: idOf(call.lease), secret: secretOf(call.secret) }
        : { leaseId: '', secret: '' };
    switch (call.verb) {
      case 'acquire': {
        const { as, holder, onConflict, ...rest } = call;
        const request = { ...rest, holder: holderOf(holder), ttlMs: TTL_MS };
        const outcome =
          onConflict === 'wait'
            ? await registry.acquireOrWait(request)
            : { kind: 'acquired' as const, lease: await registry.acquire({ ...request, onConflict }) };
        if (outcome.kind === 'acquired') {
          remember(as, outcome.lease.id, outcome.lease.secret);
          fences.push(Number(outcome.lease.fence));
          return acquiredAnswer(outcome.lease);
        }
        const { leaseId, secret, position, conflicts } = outcome.waiting;
        remember(as, leaseId, secret);
        return { kind: 'waiting', position, conflicts: listBlockers(conflicts) };
      }
      case 'takeOver': {
        const { as, holder, evict, records, mode, scope } = call;
        const acquired = await registry.takeOver({
          ...{ records, mode, scope, holder: holderOf(holder), ttlMs: TTL_MS },
          ...{ evict: evict.map(idOf), by: holderOf(holder).actor, reason: 'needed now' },
        });
        remember(as, acquired.id, acquired.secret);
        fences.push(Number(acquired.fence));
        return acquiredAnswer(acquired);
      }
      case 'getConflicts':
        return { kind: 'blocked', conflicts: listBlockers(await registry.getConflicts(call)) };
      case 'extend': {
        const { records, scope, onConflict } = call;
        const extension = await registry.extend(leaseSecret, { records, scope, onConflict });
        fences.push(Number(extension.fence));
        return {
          kind: 'extended',
          count: extension.recordCount,
          skipped: [...extension.skipped].sort(),
          conflicts: listBlockers(extension.conflicts),
        };
      }
      case 'free':
        return { kind: 'covers', count: await registry.releaseRecords(leaseSecret, call.records) };
      case 'prove':
        return {
          kind: 'proved',
          uncovered: (await registry.prove(leaseSecret, call.records)).uncovered.sort(),
        };
      case 'renew':
        await registry.renew(leaseSecret);
        return { kind: 'done' };
      case 'release':
        await registry.release(leaseSecret);
        return { kind: 'done' };
      case 'renewWaiting': {
        const renewed = await registry.renewWaiting(leaseSecret, TTL_MS);
        return renewed.kind === 'acquired'
          ? acquiredAnswer(renewed.lease)
          : { kind: 'waits', position: renewed.position };
      }
      case 'stopWaiting': {
        const end = await registry.stopWaiting(leaseSecret, TTL_MS, call.asked.map(idOf));
        return end.kind === 'acquired'
          ? acquiredAnswer(end.lease)
          : { kind: 'stopped', remaining: end.remaining };
      }
      case 'transfer': {
        secrets.set(call.nextSecret, `secret-${call.nextSecret}`);
        const lease = await registry.transfer(leaseSecret, {
          holder: holderOf(call.holder),
          nextSecret: secretOf(call.nextSecret),
        });
        fences.push(Number(lease.fence));
        return { kind: 'covers', count: lease.recordCount };
      }
      case 'resume': {
        secrets.set(call.nextSecret, `secret-${call.nextSecret}`);
        const lease = await registry.resume(leaseSecret, secretOf(call.nextSecret));
        return { kind: 'resumed', records: lease.records.sort() };
      }
      case 'expire': {
        const heartbeat = seen.get(`${call.lease} ${call.seen}`) ?? 'never seen';
        const hasEnded = await registry.expire(idOf(call.lease), heartbeat, 'expired');
        return { kind: hasEnded ? 'done' : 'unchanged' };
      }
      case 'sweep':
        while (await registry.sweep());
        return { kind: 'done' };
    }
  }

  return {
    clients,
    fences,
    idOf,
    async ask(call, client) {
      try {
        return await answer(clients[client % clients.length]!, call);
      } catch (error) {
        if (error instanceof DeadlockError)
          return { kind: 'deadlock', conflicts: listBlockers(error.conflicts) };
        if (error instanceof ConflictError)
          return { kind: 'refused', conflicts: listBlockers(error.conflicts) };
        if (error instanceof LeaseLostError) return { kind: 'lost' };
        if (partSize && isContended(error)) return { kind: 'contended' };
        throw error;
      }
    },
    named(answer) {
      if (answer.kind === 'stopped') return { ...answer, remaining: answer.remaining.map(nameOf) };
      if (!('conflicts' in answer)) return answer;
      const conflicts = answer.conflicts.map((conflict) => ({ ...conflict, lease: nameOf(conflict.lease) }));
      return { ...answer, conflicts };
    },
    async observe(name, asSeen) {
      const id = idOf(name);
      const heartbeat = (await redis.hget(keys.heartbeats, id)) ?? (await redis.hget(keys.pending, id));
      if (heartbeat !== null) seen.set(`${name} ${asSeen}`, heartbeat);
    },
    async drain() {
      for (const [name, leaseId] of ids) {
        for (const [of, secret] of secrets) {
          if (of !== name && !of.startsWith(`${name}-`)) continue;
          const end = await clients[0]!.stopWaiting({ leaseId, secret }, TTL_MS, []);
          if (end.kind === 'acquired') await clients[0]!.release({ leaseId, secret });
        }
      }
      while (await clients[0]!.sweep());
      return (await redis.keys(`${keys.prefix}*`)).map((key) => key.slice(keys.prefix.length)).sort();
    },
    async view() {
      const registry = clients[0]!;
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
    },
  };
}

/** Whether other requests have interrupted this one too often. An absent or restarted Redis has other error classes. */
const isContended = (error: unknown) =>
  error instanceof RowlockError && error.name === 'RowlockError' && error.code === 'unavailable';
