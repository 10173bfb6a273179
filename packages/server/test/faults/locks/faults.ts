/** The faults. Each is one function. When its promise resolves, the fault is over and repaired. */
import { setTimeout as rest } from 'node:timers/promises';
import { callRedis, type Random } from '@rowlock/test-utils';
import type { Arena } from './arena.ts';
import { nowMs } from './history.ts';

export type Fault = (arena: Arena, random: Random) => Promise<void>;

/** A holder crashes: its leases expire, and others acquire the records. */
const killHolder: Fault = (arena, random) => arena.replace(random.pick(arena.children));

/** A holder is frozen for longer than its TTL, and then continues as if nothing had happened. */
const freezeHolder: Fault = async (arena, random) => {
  const child = random.pick(arena.children);
  child.pause();
  await rest(arena.ttlMs + random.between(500, 2_500));
  child.resume();
};

/** Redis is killed, and restarts with its saved data. */
const killRedis: Fault = async (arena, random) => {
  const beginMs = nowMs();
  await arena.redis.kill();
  await rest(random.between(0, 800));
  await arena.redis.restart();
  arena.note({ verb: 'restart', beginMs, endMs: nowMs(), isLossy: arena.appendonly !== 'always' });
};

const freezeRedis: Fault = async (arena, random) => {
  arena.redis.pause();
  await rest(random.between(300, 2_000));
  arena.redis.resume();
};

const pauseClients =
  (mode: 'ALL' | 'WRITE'): Fault =>
  async (arena, random) => {
    const ms = random.between(300, 2_000);
    await callRedis(arena.redis.port, ['CLIENT', 'PAUSE', String(ms), mode]);
    await rest(ms);
  };

/** The requests of half of the clients do not reach Redis. */
const loseRequests: Fault = async ({ proxies }, random) => {
  const proxy = random.pick(proxies);
  proxy.dropToServer();
  await rest(random.between(500, 2_500));
  proxy.heal();
};

/** Redis carries out the requests of half of the clients, but its answers are lost: leases get no owner. */
const loseAnswers: Fault = async ({ proxies }, random) => {
  const proxy = random.pick(proxies);
  proxy.dropToClient();
  await rest(random.between(500, 2_500));
  proxy.heal();
};

const delay: Fault = async ({ proxies }, random) => {
  const proxy = random.pick(proxies);
  proxy.delay({ toServerMs: random.between(0, 400), toClientMs: random.between(0, 400) });
  await rest(random.between(500, 2_500));
  proxy.heal();
};

const cut: Fault = async ({ proxies }, random) => {
  const proxy = random.pick(proxies);
  proxy.cut();
  await rest(random.between(100, 2_000));
  proxy.heal();
};

/** Redis loses its scripts. Each is sent again when it is called. */
const flushScripts: Fault = async ({ redis }) => {
  await callRedis(redis.port, ['SCRIPT', 'FLUSH']);
};

/** The wall clock of Redis's host jumps, and stays there. */
const jumpAhead: Fault = async ({ redis }) => redis.jumpClock(60_000);

const jumpBack: Fault = async (arena) => {
  // If Redis loses all data and its clock goes back too, nothing is left that could say how high fences were.
  if (arena.appendonly !== 'no') arena.redis.jumpClock(-3_600_000);
};

export const FAULTS = {
  killHolder,
  freezeHolder,
  killRedis,
  freezeRedis,
  pauseAll: pauseClients('ALL'),
  pauseWrites: pauseClients('WRITE'),
  loseRequests,
  loseAnswers,
  delay,
  cut,
  flushScripts,
  jumpAhead,
  jumpBack,
} satisfies Record<string, Fault>;

export type FaultName = keyof typeof FAULTS;
export const FAULT_NAMES = Object.keys(FAULTS) as FaultName[];
