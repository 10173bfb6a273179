/**
 * A client that acquires records in all possible ways, at random, works under its leases and releases them, until it is
 * stopped. It notes all operations that it sees, and continues after each failure.
 */

import type { Holder, LockMode, LockScope, RecordKey } from '@rowlock/protocol';
import { type Random, seeded } from '@rowlock/test-utils';
import { Redis } from 'ioredis';
import type { LeaseHandle } from '../../../src/locks/leases/leaseHandle.ts';
import { createLocks, type LockRequest, type Locks } from '../../../src/locks/locks.ts';
import type { Logger } from '../../../src/logger.ts';
import { type GuardedCounters, openCounters } from './guardedCounters.ts';
import { nowMs } from './history.ts';
import { type Note, readError, recordLease } from './recordedLease.ts';
import { CITY_COUNT, cityKey, HIERARCHY, REGION_COUNT, regionKey } from './world.ts';

export interface ClientPlan {
  /** Unique in the whole history */
  name: string;
  /** The port at which it reaches Redis, usually a proxy's */
  redisPort: number;
  /** The port of the Redis with the counters */
  counterPort: number;
  namespace: string;
  seed: number;
  ttlMs: number;
  restartGraceMs: number;
  /** The longest pause between two leases, and during the work under one. One pause in 20 may be 30 times as long */
  restMs: number;
  /** The chance that it keeps a few records for longer than a TTL, from 0 to 1 */
  longHoldChance: number;
}

interface Client {
  plan: ClientPlan;
  locks: Locks;
  counters: GuardedCounters;
  random: Random;
  note: Note;
  pause(): Promise<void>;
}

const WAIT_MS = 800;
/** The cities that every client wants */
const HOT_CITY_COUNT = 10;
/** Outages are intended here, so none is logged. */
const SILENT: Logger = { info() {}, warn() {}, error() {} };

/** A connection that fails fast: the next attempt is worth more than a late answer. */
export function openHasty(port: number): Redis {
  const redis = new Redis({
    host: '127.0.0.1',
    port,
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    commandTimeout: 700,
    socketTimeout: 1_500,
    connectTimeout: 1_000,
    retryStrategy: () => 50,
  });
  redis.on('error', () => {});
  return redis;
}

export async function runLockClient(plan: ClientPlan, note: Note, stop: AbortSignal): Promise<void> {
  const redis = openHasty(plan.redisPort);
  const { namespace, restartGraceMs } = plan;
  const locks = createLocks({
    redis,
    namespace,
    hierarchy: HIERARCHY,
    recovery: { graceMs: restartGraceMs },
    logger: SILENT,
  });
  const counters = openCounters(plan.counterPort);
  const random = seeded(plan.seed);
  // A few pauses are long, so that a restart of Redis meets leases from before it.
  const pause = () => rest(random.between(0, plan.restMs) * (random.chance(0.05) ? 30 : 1));
  try {
    while (!stop.aborted && !(await isReady(locks))) await rest(100);
    for (let attempt = 1; !stop.aborted; attempt++) {
      const answer = await acquireAndWork({ plan, locks, counters, random, note, pause }, attempt);
      // Redis serves nobody at the moment. A thousand requests a second would show nothing new.
      await (answer === 'served' ? pause() : rest(100));
    }
  } finally {
    await locks.close();
    counters.close();
    redis.disconnect();
  }
}

const rest = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

const isReady = (locks: Locks) =>
  locks.start().then(
    () => true,
    () => false,
  );

async function acquireAndWork(client: Client, attempt: number): Promise<'served' | 'not served'> {
  const { plan, locks, random, note, counters } = client;
  const holderOf = (id: string): Holder => ({
    type: 'task',
    id: `${plan.name}:${id}`,
    label: plan.name,
    actor: { id: plan.name, name: plan.name },
  });
  const request = chooseRequest(random);
  const { records, mode = 'exclusive', scope = 'record', onConflict = 'refuse' } = request;
  const holder = holderOf(String(attempt));
  const call = {
    verb: 'acquire' as const,
    client: plan.name,
    holderId: holder.id,
    records,
    mode,
    scope,
    onConflict,
  };

  const beginMs = nowMs();
  let lease: LeaseHandle;
  try {
    lease = await locks.acquire({ ...request, holder, ttlMs: plan.ttlMs });
  } catch (error) {
    const answer = readError(error);
    note({ ...call, beginMs, endMs: nowMs(), answer });
    return answer.kind === 'refused' ? 'served' : 'not served';
  }
  const { id: leaseId, fence, skipped } = lease;
  note({ ...call, beginMs, endMs: nowMs(), answer: { kind: 'acquired', leaseId, fence, skipped } });
  const recorded = recordLease({ client: plan.name, locks, counters, lease, note });
  const left = new Set(skipped);
  const acquired = records.filter((record) => !left.has(record));
  // Sometimes the client keeps a few records for longer than a TTL, and makes no call meanwhile. Then only its signal says
  // whether it still holds them.
  if (records.length <= 3 && random.chance(plan.longHoldChance))
    await rest(plan.ttlMs * (1 + 2 * random.next()));
  await work(client, recorded, acquired, { mode, scope });
  if (random.chance(0.1)) await recorded.transfer(holderOf(`${attempt}-next`), client.pause);
  else await recorded.release();
  return 'served';
}

async function work(
  { random, pause }: Client,
  lease: ReturnType<typeof recordLease>,
  acquired: readonly RecordKey[],
  { mode, scope }: { mode: LockMode; scope: LockScope },
): Promise<void> {
  const cities = acquired.filter((record) => record.startsWith('cities/') && record !== 'cities/*');
  const held = new Set(acquired);
  for (let step = random.between(1, 3); step > 0 && lease.isCertain(); step--) {
    const what = random.next();
    if (mode === 'exclusive' && cities.length > 0 && what < 0.6) {
      await lease.raise(random.pick(cities), pause);
    } else if (scope === 'record' && what < 0.75) {
      const more = someCities(random, random.between(1, 5)).filter((record) => !held.has(record));
      if (more.length > 0) await lease.extend(more);
      for (const record of more) held.add(record);
    } else if (scope === 'record' && cities.length > 1 && what < 0.9) {
      await lease.free(cities.splice(0, random.between(1, cities.length - 1)));
    } else {
      await pause();
    }
  }
}

function chooseRequest(random: Random): Omit<LockRequest, 'holder'> {
  const mode = random.chance(0.25) ? 'shared' : 'exclusive';
  const onConflict = random.pick(['refuse', 'refuse', 'skip', 'wait', 'wait'] as const);
  const how = { mode, onConflict, waitMs: WAIT_MS } as const;
  const what = random.next();
  if (what < 0.03) return { ...how, records: ['cities/*'] };
  if (what < 0.12) {
    return { ...how, scope: 'subtree', records: [regionKey(random.between(0, REGION_COUNT - 1))] };
  }
  if (what < 0.45) return { ...how, records: someCities(random, random.between(1, 3), HOT_CITY_COUNT) };
  if (what < 0.65) return { ...how, records: someCities(random, random.between(1, 4)) };
  if (what < 0.93) return { ...how, records: someCities(random, random.between(5, 40)) };
  return { ...how, records: someCities(random, random.between(41, 200)) };
}

function someCities(random: Random, count: number, among = CITY_COUNT): RecordKey[] {
  const chosen = new Set<RecordKey>();
  while (chosen.size < count) chosen.add(cityKey(random.between(0, among - 1)));
  return [...chosen];
}
