/**
 * A model of the lock registry, in plain lines: the tests compare the registry in Redis with it.
 *
 * It stores the leases in the order of their requests, and the locks of each. Everything else follows from one question
 * (do two locks overlap?) and one rule: a waiting lease comes into force when no other lease blocks it.
 */
import { type LockMode, type LockScope, type RecordKey, resourceOf, wholeResource } from '@rowlock/protocol';
import type { Answer, Blocker, Call, View } from './calls.ts';
import { belowResource, getAncestors, RESOURCES, ROWS } from './universe.ts';

/** A lock on a record alone, or also on all records below it. A whole resource always includes those below. */
export interface Lock {
  key: RecordKey;
  isSubtree: boolean;
}

interface Lease {
  name: string;
  holder: number;
  mode: LockMode;
  secret: string;
  standing: 'held' | 'waiting' | 'ended';
  heartbeats: number;
  locks: Lock[];
  /** The locks that it has released before its end */
  freed: Lock[];
}

export interface Registry {
  /** In the order of their requests, also those that have ended */
  leases: Lease[];
}

export const emptyRegistry = (): Registry => ({ leases: [] });

export function locksOf(records: readonly RecordKey[], scope: LockScope): Lock[] {
  const isWhole = (key: RecordKey) => key.endsWith('/*');
  const keys = new Set(records);
  // A whole resource also locks all resources whose rows may be below its own.
  if (scope === 'subtree')
    for (const key of records)
      if (isWhole(key)) for (const name of belowResource(resourceOf(key))) keys.add(wholeResource(name));
  return [...keys].map((key) => ({ key, isSubtree: scope === 'subtree' || isWhole(key) }));
}

/** All records whose subtree contains the locked record. For a subtree: contains a part of it. */
function above({ key, isSubtree }: Lock): RecordKey[] {
  if (key.endsWith('/*')) return [];
  const resources = [resourceOf(key), ...(isSubtree ? belowResource(resourceOf(key)) : [])];
  return [...resources.map(wholeResource), ...getAncestors(key)];
}

const isUnder = (lower: Lock, upper: Lock) => upper.isSubtree && above(lower).includes(upper.key);

export const doOverlap = (one: Lock, other: Lock) =>
  one.key === other.key || isUnder(one, other) || isUnder(other, one);

/** Whether a lease blocks a lock. A lock on a subtree is also blocked by locks below it that the lease has freed. */
const blocks = (lease: Lease, wanted: Lock) =>
  lease.locks.some((lock) => doOverlap(lock, wanted)) || lease.freed.some((lock) => isUnder(lock, wanted));

const sortedKeys = (locks: readonly Lock[]) => locks.map((lock) => lock.key).sort();

function listBlockers(leases: readonly Lease[], wanted: readonly Lock[], mode: LockMode): Blocker[] {
  return leases
    .filter((lease) => lease.standing !== 'ended' && (mode === 'exclusive' || lease.mode === 'exclusive'))
    .map((lease) => ({
      lease: lease.name,
      records: sortedKeys(wanted.filter((lock) => blocks(lease, lock))),
      isWaiting: lease.standing === 'waiting',
    }))
    .filter((conflict) => conflict.records.length > 0);
}

/** The leases that block a waiting lease: those in force, and those that have waited longer. */
function leasesAhead(registry: Registry, waiting: Lease): Lease[] {
  const position = registry.leases.indexOf(waiting);
  return registry.leases.filter(
    (lease, i) =>
      (lease.standing === 'held' || (lease.standing === 'waiting' && i < position)) &&
      listBlockers([lease], waiting.locks, waiting.mode).length > 0,
  );
}

const positionOf = (registry: Registry, lease: Lease) =>
  1 + leasesAhead(registry, lease).filter((other) => other.standing === 'waiting').length;

/** The rule of the wait list. It is applied after every call. */
function bringIntoForce(registry: Registry): void {
  for (const lease of registry.leases) {
    if (lease.standing !== 'waiting' || leasesAhead(registry, lease).length > 0) continue;
    lease.standing = 'held';
    lease.heartbeats = 0;
  }
}

/** Whether a blocking holder waits for a lease of `holder`, directly or through other holders. */
function wouldDeadlock(registry: Registry, holder: number, conflicts: readonly Blocker[]): boolean {
  const named = new Set(conflicts.map((conflict) => conflict.lease));
  const open = registry.leases.filter((lease) => named.has(lease.name) && lease.holder !== holder);
  const seen = new Set<number>();
  for (const { holder: other } of open) {
    if (other === holder) return true;
    if (seen.has(other)) continue;
    seen.add(other);
    for (const lease of registry.leases)
      if (lease.holder === other && lease.standing === 'waiting') open.push(...leasesAhead(registry, lease));
  }
  return false;
}

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
  call: Call & { as: string; holder: number; mode: LockMode },
  locks: Lock[],
) {
  const { as: name, holder, mode } = call;
  const lease: Lease = {
    name,
    holder,
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
  const conflicts = listBlockers(registry.leases, wanted, call.mode);
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

/** Ends all leases in `evict` that are in force. Waiting leases now wait for the new lease. */
function takeOver(registry: Registry, call: Call & { verb: 'takeOver' }): Answer {
  const wanted = locksOf(call.records, call.scope);
  const isEvicted = (name: string) => call.evict.includes(name);
  const conflicts = listBlockers(registry.leases, wanted, call.mode);
  const others = conflicts.filter(({ lease, isWaiting }) => !isWaiting && !isEvicted(lease));
  if (others.length > 0) return { kind: 'refused', conflicts: others };
  for (const lease of registry.leases)
    if (isEvicted(lease.name) && lease.standing === 'held') lease.standing = 'ended';
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
      lease.heartbeats++;
      lease.holder = call.holder;
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
  const conflicts = listBlockers(others, wanted, lease.mode);
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

const covers = (lease: Lease, row: RecordKey) =>
  lease.locks.some((lock) => lock.key === row || isUnder({ key: row, isSubtree: false }, lock));

/** The heartbeat of a lease as an observer sees it, or '' if the lease has ended. */
export function getHeartbeat(registry: Registry, name: string): string {
  const lease = registry.leases.find((other) => other.name === name);
  if (!lease || lease.standing === 'ended') return '';
  return `${lease.standing} ${lease.heartbeats}`;
}

export function viewOf(registry: Registry): View {
  const alive = registry.leases.filter((lease) => lease.standing !== 'ended');
  const held = alive.filter((lease) => lease.standing === 'held');
  const mark = (lease: Lease) => lease.name + (lease.standing === 'waiting' ? '?' : '');
  const byRow = (leases: Lease[], print: (lease: Lease) => string) =>
    Object.fromEntries(
      ROWS.map((row) => [
        row,
        leases
          .filter((lease) => covers(lease, row))
          .map(print)
          .sort(),
      ]).filter(([, names]) => names!.length > 0),
    );
  const isOn = (resource: string) => (lease: Lease) =>
    blocks(lease, { key: wholeResource(resource), isSubtree: true });
  return {
    held: byRow(held, mark),
    holders: byRow(alive, mark),
    leases: held.map(({ name, mode, holder, locks }) => `${name} ${mode} tab-${holder} ${locks.length}`),
    on: Object.fromEntries(RESOURCES.map((name) => [name, held.filter(isOn(name)).map(mark).sort()])),
  };
}
