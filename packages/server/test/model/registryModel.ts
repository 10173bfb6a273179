/**
 * A model of the lock registry, in plain lines: the tests compare the registry in Redis with it. It has the verbs of the
 * registry. The leases (modelLeases.ts) are stored in the order of their requests, each with its locks (modelLocks.ts).
 */
import type { LockMode, RecordKey } from '@rowlock/protocol';
import type { Answer, Call } from './calls.ts';
import {
  bringIntoForce,
  covers,
  isCoHeld,
  type Lease,
  listBlockers,
  positionOf,
  type Registry,
  wouldDeadlock,
} from './modelLeases.ts';
import { type Lock, locksOf, sortedKeys } from './modelLocks.ts';
import { getHeartbeat } from './modelView.ts';

/** Carries out a call, and returns the only right answer. Changes `registry`. */
export function applyTo(registry: Registry, call: Call): Answer {
  const answer = answerTo(registry, call);
  bringIntoForce(registry);
  return answer;
}

function answerTo(registry: Registry, call: Call): Answer {
  switch (call.verb) {
    case 'acquire':
      return acquire(registry, call);
    case 'takeOver':
      return takeOver(registry, call);
    case 'getConflicts': {
      const wanted = locksOf(call.records, call.scope);
      return { kind: 'blocked', conflicts: listBlockers(registry.leases, wanted, call.mode) };
    }
    case 'sweep':
      return { kind: 'done' };
    case 'expire': {
      if (getHeartbeat(registry, call.lease) !== call.seen || call.seen === '') return { kind: 'unchanged' };
      registry.leases.find((lease) => lease.name === call.lease)!.standing = 'ended';
      return { kind: 'done' };
    }
    default:
      return ofOwner(registry, call);
  }
}

function begin(
  registry: Registry,
  call: Call & { as: string; holder: number; mode: LockMode; shares?: boolean },
  locks: Lock[],
) {
  const { as: name, holder, mode, shares = false } = call;
  const lease: Lease = {
    name,
    holder,
    shares,
    mode,
    secret: name,
    standing: 'held',
    heartbeats: 0,
    locks,
    freed: [],
  };
  registry.leases.push(lease);
  return lease;
}

function acquire(registry: Registry, call: Call & { verb: 'acquire' }): Answer {
  const wanted = locksOf(call.records, call.scope);
  const asker = { holder: call.holder, shares: call.shares === true };
  const conflicts = listBlockers(registry.leases, wanted, call.mode, asker);
  const skipped = sortedKeys(
    wanted.filter(({ key }) => conflicts.some(({ records }) => records.includes(key))),
  );
  if (call.onConflict === 'wait' && conflicts.length > 0) {
    if (wouldDeadlock(registry, call.holder, conflicts)) return { kind: 'deadlock', conflicts };
    const lease = begin(registry, call, wanted);
    lease.standing = 'waiting';
    return { kind: 'waiting', position: positionOf(registry, lease), conflicts };
  }
  const acquired = wanted.filter(({ key }) => !skipped.includes(key));
  if (conflicts.length > 0 && (call.onConflict === 'refuse' || acquired.length === 0)) {
    return { kind: 'refused', conflicts };
  }
  begin(registry, call, acquired);
  return { kind: 'acquired', count: acquired.length, skipped, conflicts };
}

/** Ends all leases in `leaseIds` that are in force. Waiting leases now wait for the new lease. */
function takeOver(registry: Registry, call: Call & { verb: 'takeOver' }): Answer {
  const wanted = locksOf(call.records, call.scope);
  const isEnded = (name: string) => call.leaseIds.includes(name);
  const conflicts = listBlockers(registry.leases, wanted, call.mode);
  const others = conflicts.filter(({ lease, isWaiting }) => !isWaiting && !isEnded(lease));
  if (others.length > 0) return { kind: 'refused', conflicts: others };
  for (const lease of registry.leases)
    if (isEnded(lease.name) && lease.standing === 'held') lease.standing = 'ended';
  begin(registry, call, wanted);
  return { kind: 'acquired', count: wanted.length, skipped: [], conflicts: [] };
}

type OwnerCall = Exclude<
  Call,
  | { verb: 'acquire' }
  | { verb: 'takeOver' }
  | { verb: 'getConflicts' }
  | { verb: 'expire' }
  | { verb: 'sweep' }
>;

function ofOwner(registry: Registry, call: OwnerCall): Answer {
  const lease = registry.leases.find(({ name, secret }) => name === call.lease && secret === call.secret);
  if (call.verb === 'stopWaiting') return stopWaiting(registry, lease, call.asked);
  if (!lease || lease.standing === 'ended') return { kind: 'lost' };
  if (call.verb === 'renewWaiting' && lease.standing === 'waiting') {
    lease.heartbeats++;
    return { kind: 'waits', position: positionOf(registry, lease) };
  }
  if (lease.standing === 'waiting') return { kind: 'lost' };
  switch (call.verb) {
    case 'renewWaiting':
      lease.heartbeats++;
      return { kind: 'acquired', count: lease.locks.length, skipped: [], conflicts: [] };
    case 'renew':
      lease.heartbeats++;
      return { kind: 'done' };
    case 'release':
      lease.standing = 'ended';
      return { kind: 'done' };
    case 'free': {
      lease.heartbeats++;
      const isNamed = ({ key }: Lock) => call.records.includes(key);
      lease.freed.push(...lease.locks.filter(isNamed));
      lease.locks = lease.locks.filter((lock) => !isNamed(lock));
      if (lease.locks.length === 0) lease.standing = 'ended';
      return { kind: 'covers', count: lease.locks.length };
    }
    case 'extend':
      return extend(registry, lease, call);
    case 'transfer':
      // The new holder would not be alone.
      if (isCoHeld(registry, lease)) return { kind: 'lost' };
      lease.heartbeats++;
      lease.holder = call.holder;
      lease.shares = false;
      lease.secret = call.nextSecret;
      return { kind: 'covers', count: lease.locks.length };
    case 'resume':
      lease.heartbeats++;
      lease.secret = call.nextSecret;
      return { kind: 'resumed', records: sortedKeys(lease.locks) };
    case 'prove': {
      lease.heartbeats++;
      const isCovered = (key: RecordKey) => lease.mode === 'exclusive' && covers(lease, key);
      return { kind: 'proved', uncovered: call.records.filter((key) => !isCovered(key)).sort() };
    }
  }
}

function stopWaiting(registry: Registry, lease: Lease | undefined, asked: readonly string[]): Answer {
  if (lease?.standing === 'held') {
    return { kind: 'acquired', count: lease.locks.length, skipped: [], conflicts: [] };
  }
  const isStanding = (name: string) =>
    registry.leases.some((other) => other.name === name && other.standing !== 'ended');
  const remaining = asked.filter(isStanding);
  if (lease) lease.standing = 'ended';
  return { kind: 'stopped', remaining };
}

/** Records that the lease holds already are left out of the request. */
function extend(registry: Registry, lease: Lease, call: Call & { verb: 'extend' }): Answer {
  const ownOf = (key: RecordKey) => lease.locks.find((lock) => lock.key === key);
  const isNew = ({ key, isSubtree }: Lock) => !ownOf(key) || (isSubtree && !ownOf(key)!.isSubtree);
  const wanted = locksOf(call.records, call.scope).filter(isNew);
  const others = registry.leases.filter((other) => other !== lease);
  const conflicts = listBlockers(others, wanted, lease.mode, lease);
  const skipped = sortedKeys(
    wanted.filter(({ key }) => conflicts.some(({ records }) => records.includes(key))),
  );
  const added = wanted.filter(({ key }) => !skipped.includes(key));
  if (conflicts.length > 0 && (call.onConflict === 'refuse' || added.length === 0)) {
    return { kind: 'refused', conflicts };
  }
  if (added.length > 0) lease.heartbeats++;
  lease.locks = [...lease.locks.filter(({ key }) => !added.some((lock) => lock.key === key)), ...added];
  return { kind: 'extended', count: lease.locks.length, skipped, conflicts };
}
