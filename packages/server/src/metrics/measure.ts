/** Collects the measurements: from the last looks of this process, and from one request to Redis. */
import type { Redis } from 'ioredis';
import type { ExpiryObserver, SeenLease } from '../locks/upkeep/expiryObserver.ts';
import type { Keys } from '../redis/keys.ts';
import type { SubscriberStatus } from '../subscribers/subscriber.ts';
import type { Reconciler } from '../tasks/upkeep/reconcile/reconciler.ts';
import type { OpenTask } from '../tasks/upkeep/reconcile/sight.ts';
import type { Counts } from './counts.ts';
import type { LagMeter } from './lagMeter.ts';
import {
  HOLDER_TYPES,
  type LeaseStanding,
  type Measurements,
  type NamespaceMeasurements,
  OPEN_STATES,
  STANDINGS,
} from './measurements.ts';

export interface MeasureDeps {
  redis: Redis;
  keys: Keys;
  observer(): ExpiryObserver | undefined;
  reconciler(): Reconciler | undefined;
  subscribers: SubscriberStatus;
  counts: Counts;
  gateway: { socketCount(): number };
  lag: LagMeter;
}

export async function measure(deps: MeasureDeps): Promise<Measurements> {
  const { counts, gateway, lag } = deps;
  const seen = await look(deps).catch(() => undefined);
  return {
    process: {
      acquires: { ...counts.acquires },
      reconcilerActions: { ...counts.reconcilerActions },
      taskEnds: { ...counts.taskEnds },
      gateway: { socketCount: gateway.socketCount(), lagMs: lag.largestMs(seen?.aheadMs ?? 0) },
    },
    namespace: seen?.namespace,
  };
}

/** Undefined before the first looks. */
async function look({ redis, keys, observer, reconciler, subscribers }: MeasureDeps) {
  const leases = observer()?.seen();
  const tasks = reconciler()?.openTasks();
  if (!leases || !tasks) return undefined;
  const held = leases.filter(({ isInForce }) => isInForce);
  const pipeline = redis.pipeline().time();
  for (const { lease } of held) pipeline.hget(keys.lease(lease.id), 'count');
  const askedMs = Date.now();
  const [replies, status] = await Promise.all([pipeline.exec(), subscribers.status()]);
  const answeredMs = Date.now();
  const [time, ...recordCounts] = (replies ?? []).map(([error, value]) => {
    if (error) throw error;
    return value;
  });
  const [seconds, microseconds] = (time as [string, string]).map(Number);
  const redisMs = seconds! * 1_000 + microseconds! / 1_000;
  const namespace: NamespaceMeasurements = {
    leases: countLeases(leases),
    // A lease that has ended since it was seen has no count.
    lockedRecordCount: recordCounts.reduce<number>((sum, count) => sum + Number(count ?? 0), 0),
    tasks: countTasks(tasks, redisMs),
    subscribers: status.map(({ name, behind }) => ({ subscriber: name, behind })),
  };
  return { namespace, aheadMs: (askedMs + answeredMs) / 2 - redisMs };
}

function standingOf({ isInForce, heartbeat }: SeenLease): LeaseStanding {
  if (isInForce) return 'held';
  return heartbeat.startsWith('w') ? 'waiting' : 'acquiring';
}

const recordOf = <K extends string, V>(names: readonly K[], of: (name: K) => V): Record<K, V> =>
  Object.fromEntries(names.map((name) => [name, of(name)])) as Record<K, V>;

function countLeases(leases: readonly SeenLease[]): NamespaceMeasurements['leases'] {
  const counts = recordOf(STANDINGS, () => recordOf(HOLDER_TYPES, () => 0));
  for (const seen of leases) counts[standingOf(seen)][seen.lease.holder.type]++;
  return counts;
}

function countTasks(tasks: readonly OpenTask[], redisMs: number): NamespaceMeasurements['tasks'] {
  const counts = recordOf(OPEN_STATES, () => ({ count: 0, oldestMs: 0 }));
  for (const { state, createdAt } of tasks) {
    if (!(state in counts)) continue;
    const inState = counts[state as keyof typeof counts];
    inState.count++;
    inState.oldestMs = Math.max(inState.oldestMs, redisMs - createdAt);
  }
  return counts;
}
