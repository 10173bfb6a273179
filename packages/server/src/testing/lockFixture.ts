/**
 * What the lock registry's contract is tested on: one real Redis a file, a namespace a test, as many clients as it
 * takes. The gazetteer's ids say what they are under: `cities/FR-11-7` is under `regions/FR-11`, under `countries/FR`.
 */
import type { Conflict, Holder, LeaseProof, OwnedLease, RecordKey } from '@rowlock/protocol';
import { type StartRedisOptions, startRedis, type TestRedis } from '@rowlock/test-utils';
import type { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { type LogEntry, type RawEntry, readEntry } from '../changeLog/entry.ts';
import type { Clock } from '../clock.ts';
import { ConflictError } from '../errors.ts';
import { createLocks, type Locks, type LocksOptions } from '../locks/locks.ts';
import type { HierarchyRules } from '../locks/registry/hierarchy.ts';
import type { LockRegistry } from '../locks/registry/lockRegistry.ts';
import { createLockRegistry } from '../locks/registry/registry.ts';
import type { ClaimRequest } from '../locks/registry/requests.ts';
import type { Logger } from '../logger.ts';
import { connect, openCommands } from '../redis/connection.ts';
import { type Keys, keysOf } from '../redis/keys.ts';

export const person = (name: string): Holder => ({
  type: 'person',
  id: `tab-of-${name.toLowerCase()}`,
  label: `${name}'s form`,
  actor: { id: name.toLowerCase(), name },
});
export const ann = person('Ann');
export const bo = person('Bo');
export const cy = person('Cy');

/** `cities/1`, `cities/2`, … */
export const cities = (from: number, count: number): RecordKey[] =>
  Array.from({ length: count }, (_, i) => `cities/${from + i}` as const);

export const gazetteer: HierarchyRules = {
  cities: {
    under: ['regions', 'countries'],
    ancestorsOf: (ids) =>
      ids.map((id) => {
        const [country, region] = id.split('-');
        return region === undefined ? [] : [`regions/${country}-${region}`, `countries/${country}`];
      }),
  },
  regions: { under: ['countries'], ancestorsOf: (ids) => ids.map((id) => [`countries/${id.split('-')[0]}`]) },
};

export const proofOf = ({ id, secret }: Pick<OwnedLease, 'id' | 'secret'>): LeaseProof => ({
  leaseId: id,
  secret,
});

/** The error that an attempt ends with. */
export const errorOf = (attempt: Promise<unknown>): Promise<unknown> =>
  attempt.then(
    (value) => {
      throw new Error(`expected a refusal, got ${JSON.stringify(value)}`);
    },
    (reason: unknown) => reason,
  );

export async function conflictsOf(attempt: Promise<unknown>): Promise<readonly Conflict[]> {
  const error = await errorOf(attempt);
  if (!(error instanceof ConflictError)) throw error;
  return error.conflicts;
}

/** Who is in the way, by label. */
export const inTheWay = async (attempt: Promise<unknown>): Promise<string[]> =>
  (await conflictsOf(attempt)).map(({ lease }) => lease.holder.label);

/** A position in the wait list. */
export async function ticketFor(registry: LockRegistry, request: ClaimRequest) {
  const claimed = await registry.queue(request);
  if (claimed.kind === 'granted')
    throw new Error(`granted at once: ${JSON.stringify(request.records.slice(0, 3))}`);
  const { leaseId, secret, position, ttlMs } = claimed.ticket;
  const proof: LeaseProof = { leaseId, secret };
  return { leaseId, position, proof, stand: () => registry.stand(proof, ttlMs) };
}

export const silent: Logger = { info() {}, warn() {}, error() {} };

/** One process's end of a namespace. */
export interface LockClient {
  redis: Redis;
  keys: Keys;
  registry: LockRegistry;
  locks: Locks;
  /** The change log from its beginning */
  log(): Promise<LogEntry[]>;
  /** The names of all keys, without the namespace's prefix */
  keyNames(): Promise<string[]>;
  sweepAll(): Promise<void>;
}

export interface ClientOptions extends Omit<LocksOptions, 'redis' | 'namespace'> {
  /** Default: one that nobody has used before */
  namespace?: string;
  clock?: Clock;
  /** Default: the file's Redis */
  url?: string;
  /** Whether it has asked Redis anything of this namespace yet. Default true */
  hasMetRedis?: boolean;
}

/** For the top of a test file: `const { open, server } = useRedis();` */
export function useRedis(options: StartRedisOptions = {}) {
  let server: TestRedis;
  let clients: LockClient[] = [];
  let namespaces = 0;
  beforeAll(async () => {
    server = await startRedis(options);
  });
  afterAll(() => server.stop());
  afterEach(async () => {
    for (const { redis, locks } of clients) {
      await locks.close();
      redis.disconnect();
    }
    clients = [];
  });

  async function open(clientOptions: ClientOptions = {}): Promise<LockClient> {
    const {
      namespace = `contract-${++namespaces}`,
      url = server.url,
      hasMetRedis = true,
      ...rest
    } = clientOptions;
    const redis = openCommands(url);
    await connect(redis);
    const keys = keysOf(namespace);
    const { hierarchy = {}, clock, recovery } = rest;
    const registry = createLockRegistry({
      redis,
      namespace,
      hierarchy,
      ...(clock && { clock }),
      ...(recovery && { recovery }),
    });
    const client: LockClient = {
      redis,
      keys,
      registry,
      locks: createLocks({ redis, namespace, logger: silent, ...rest }),
      log: async () =>
        ((await redis.xrange(keys.log, '-', '+')) as RawEntry[])
          .map(readEntry)
          .filter((entry) => entry !== undefined),
      keyNames: async () =>
        (await redis.keys(`${keys.prefix}*`)).map((key) => key.slice(keys.prefix.length)).sort(),
      async sweepAll() {
        while (await registry.sweep());
      },
    };
    clients.push(client);
    // As a process does at its start: then it knows which Redis it has met.
    if (hasMetRedis) await registry.tendGrace();
    return client;
  }

  return { open, server: () => server };
}
