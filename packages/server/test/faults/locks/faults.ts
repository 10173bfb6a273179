/** What can go wrong, each as one act that is over, and mended, when its promise resolves. */
import { setTimeout as rest } from 'node:timers/promises';
import { callRedis } from '@rowlock/test-utils';
import type { Arena } from './arena.ts';
import { nowMs } from './history.ts';
import type { Random } from './random.ts';

export type Fault = (arena: Arena, random: Random) => Promise<void>;

/** A holder is gone without a word: its leases expire, and others get the records. */
const killHolder: Fault = (arena, random) => arena.replace(random.pick(arena.children));

/** A holder is away for longer than its TTL, and then goes on as if nothing had been. */
const freezeHolder: Fault = async (arena, random) => {
  const child = random.pick(arena.children);
  child.pause();
  await rest(arena.ttlMs + random.between(500, 2_500));
  child.resume();
};

/** Redis dies and comes back with what it has kept. */
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

/** Half of the clients do what they believe to do, and Redis hears nothing of it. */
const loseRequests: Fault = async ({ proxies }, random) => {
  const proxy = random.pick(proxies);
  proxy.dropToServer();
  await rest(random.between(500, 2_500));
  proxy.heal();
};

/** Redis does what half of the clients ask, and they never learn of it: leases without owners. */
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

/** A Redis without scripts gets them anew, one by one, as they are asked for. */
const flushScripts: Fault = async ({ redis }) => {
  await callRedis(redis.port, ['SCRIPT', 'FLUSH']);
};

/** Of the wall clock of Redis's host; it stays where it is then. */
const jumpAhead: Fault = async ({ redis }) => redis.jumpClock(60_000);

const jumpBack: Fault = async (arena) => {
  // Where all data and the time go back together, nothing is left from which a higher fence could be known.
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
