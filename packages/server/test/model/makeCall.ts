/** Makes a call to the registry in Redis. */
import type { LeaseSecret } from '@rowlock/protocol';
import type { LockRegistry } from '../../src/locks/registry/lockRegistry.ts';
import { acquiredAnswer, listBlockers } from './answers.ts';
import type { Answer, Call } from './calls.ts';
import type { LeaseNames } from './leaseNames.ts';
import { holderOf } from './universe.ts';

export const TTL_MS = 60_000;

/** The names, fences and heartbeats that the calls of a test have met. */
export interface Traces {
  names: LeaseNames;
  /** The fences of all leases, in the order of the answers */
  fences: number[];
  /** The heartbeats in Redis, by the name of the lease and the heartbeat in the model */
  seen: Map<string, string>;
}

type CallOf<Verb extends Call['verb']> = Extract<Call, { verb: Verb }>;
type OwnerCall = Extract<Call, { secret: string }>;

export async function makeCall(registry: LockRegistry, traces: Traces, call: Call): Promise<Answer> {
  switch (call.verb) {
    case 'acquire':
      return acquire(registry, traces, call);
    case 'takeOver':
      return takeOver(registry, traces, call);
    case 'getConflicts':
      return { kind: 'blocked', conflicts: listBlockers(await registry.getConflicts(call)) };
    case 'expire': {
      const heartbeat = traces.seen.get(`${call.lease} ${call.seen}`) ?? 'never seen';
      const hasEnded = await registry.expire(traces.names.idOf(call.lease), heartbeat, 'expired');
      return { kind: hasEnded ? 'done' : 'unchanged' };
    }
    case 'sweep':
      while (await registry.sweep());
      return { kind: 'done' };
    default:
      return callAsOwner(registry, traces, call, traces.names.secretOf(call.lease, call.secret));
  }
}

async function acquire(
  registry: LockRegistry,
  { names, fences }: Traces,
  { as, holder, shares, onConflict, ...rest }: CallOf<'acquire'>,
): Promise<Answer> {
  const request = { ...rest, holder: holderOf(holder, shares), ttlMs: TTL_MS };
  const outcome =
    onConflict === 'wait'
      ? await registry.acquireOrWait(request)
      : { kind: 'acquired' as const, lease: await registry.acquire({ ...request, onConflict }) };
  if (outcome.kind === 'acquired') {
    names.remember(as, outcome.lease.id, outcome.lease.secret);
    fences.push(Number(outcome.lease.fence));
    return acquiredAnswer(outcome.lease);
  }
  const { leaseId, secret, position, conflicts } = outcome.waiting;
  names.remember(as, leaseId, secret);
  return { kind: 'waiting', position, conflicts: listBlockers(conflicts) };
}

async function takeOver(
  registry: LockRegistry,
  { names, fences }: Traces,
  { as, holder, leaseIds, records, mode, scope }: CallOf<'takeOver'>,
): Promise<Answer> {
  const acquired = await registry.takeOver({
    ...{ records, mode, scope, holder: holderOf(holder), ttlMs: TTL_MS },
    ...{ leaseIds: leaseIds.map(names.idOf), by: holderOf(holder).actor, reason: 'needed now' },
  });
  names.remember(as, acquired.id, acquired.secret);
  fences.push(Number(acquired.fence));
  return acquiredAnswer(acquired);
}

async function callAsOwner(
  registry: LockRegistry,
  { names, fences }: Traces,
  call: OwnerCall,
  leaseSecret: LeaseSecret,
): Promise<Answer> {
  switch (call.verb) {
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
      const end = await registry.stopWaiting(leaseSecret, TTL_MS, call.asked.map(names.idOf));
      return end.kind === 'acquired'
        ? acquiredAnswer(end.lease)
        : { kind: 'stopped', remaining: end.remaining };
    }
    case 'transfer': {
      const nextSecret = names.choose(call.nextSecret);
      const lease = await registry.transfer(leaseSecret, { holder: holderOf(call.holder), nextSecret });
      fences.push(Number(lease.fence));
      return { kind: 'covers', count: lease.recordCount };
    }
    case 'resume': {
      const lease = await registry.resume(leaseSecret, names.choose(call.nextSecret));
      return { kind: 'resumed', records: lease.records.sort() };
    }
  }
}
