/**
 * A client that takes records in every way there is, as chance will have it, works under them and lets them go, until
 * it is told to stop. What it sees it notes down; whatever fails, it goes on.
 */
import type { Holder, LockMode, LockScope, RecordKey } from '@rowlock/protocol';
import { Redis } from 'ioredis';
import type { LeaseHandle } from '../../../src/locks/leases/leaseHandle.ts';
import { createLocks, type LockRequest, type Locks } from '../../../src/locks/locks.ts';
import type { Logger } from '../../../src/logger.ts';
import { type GuardedCounters, openCounters } from './guardedCounters.ts';
import { nowMs } from './history.ts';
import { type Random, seeded } from './random.ts';
import { type Note, readError, recordLease } from './recordedLease.ts';
import { CITY_COUNT, cityKey, HIERARCHY, REGION_COUNT, regionKey } from './world.ts';

export interface ClientPlan {
  /** Of this client alone, in the whole history */
  name: string;
  /** Where it reaches Redis: a proxy, as a rule */
  redisPort: number;
  /** The Redis of the counters */
  counterPort: number;
  namespace: string;
  seed: number;
  ttlMs: number;
  restartGraceMs: number;
  /** How long it rests between two leases, and works under one, at most, as a rule */
  restMs: number;
  /** How often it keeps a few records for longer than a TTL, from 0 to 1 */
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
/** Those that everybody wants */
const HOT_CITY_COUNT = 10;
/** What it would say of outages is meant to happen here. */
const SILENT: Logger = { info() {}, warn() {}, error() {} };

/** Fails fast: what takes longer than half a TTL is worth less than the next attempt. */
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
  // Now and then a long one, so that restarts and the like meet leases that were there before.
  const pause = () => rest(random.between(0, plan.restMs) * (random.chance(0.05) ? 30 : 1));
  try {
    while (!stop.aborted && !(await isReady(locks))) await rest(100);
    for (let attempt = 1; !stop.aborted; attempt++) {
      const answer = await takeAndWork({ plan, locks, counters, random, note, pause }, attempt);
      // Nobody is served: asking a thousand times a second would tell nothing new.
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

async function takeAndWork(client: Client, attempt: number): Promise<'served' | 'not served'> {
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
  const taken = records.filter((record) => !left.has(record));
  // Now and then one keeps what everybody wants for longer than a TTL, and asks nobody anything meanwhile: what it believes
  // then is its signal's word alone.
  if (records.length <= 3 && random.chance(plan.longHoldChance))
    await rest(plan.ttlMs * (1 + 2 * random.next()));
  await work(client, recorded, taken, { mode, scope });
  if (random.chance(0.1)) await recorded.handOver(holderOf(`${attempt}-next`), client.pause);
  else await recorded.release();
  return 'served';
}

async function work(
  { random, pause }: Client,
  lease: ReturnType<typeof recordLease>,
  taken: readonly RecordKey[],
  { mode, scope }: { mode: LockMode; scope: LockScope },
): Promise<void> {
  const cities = taken.filter((record) => record.startsWith('cities/') && record !== 'cities/*');
  const held = new Set(taken);
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
