/**
 * Where clients fight for records while things fail: a Redis behind two proxies, another Redis for the counters, clients
 * in processes of their own and in this one, half of them behind each proxy; and the history of it all.
 */
import { setTimeout as rest } from 'node:timers/promises';
import {
  type StartedChild,
  startChild,
  startProxy,
  startRedis,
  type TestProxy,
  type TestRedis,
} from '@rowlock/test-utils';
import { checkHistory, type Violation } from './checkHistory.ts';
import type { SaidByClient, ToldToClient } from './clientProcess.ts';
import { nowMs, type Operation } from './history.ts';
import { type ClientPlan, runLockClient } from './lockClient.ts';
import type { Note } from './recordedLease.ts';
import { cellsOf } from './world.ts';

export interface ArenaOptions {
  seed: number;
  /** Clients in processes of their own. Default 3 */
  processes?: number;
  /** Clients in this process. Default 2 */
  inProcess?: number;
  /** What Redis keeps on disk. Default `no` */
  appendonly?: 'no' | 'everysec' | 'always';
  /** Whether the wall clock of Redis's host can be moved. Default false */
  isClockAdjustable?: boolean;
  /** Default 1,000 */
  ttlMs?: number;
  /** Default 1,500. At least the TTL, or who holds could come back too late */
  restartGraceMs?: number;
  /** Default 20 */
  restMs?: number;
  /** From 0 (default) to 1 */
  longHoldChance?: number;
}

export interface Arena {
  readonly appendonly: 'no' | 'everysec' | 'always';
  readonly ttlMs: number;
  readonly redis: TestRedis;
  readonly proxies: readonly TestProxy[];
  /** Those in processes of their own */
  readonly children: readonly ArenaChild[];
  readonly history: readonly Operation[];
  note: Note;
  /** SIGKILLs a client, and sets another in its place. */
  replace(child: ArenaChild): Promise<void>;
  /** Tells all clients to stop, and judges what they have seen. */
  finish(): Promise<Violation[]>;
  /** Ends all that was started. */
  close(): Promise<void>;
}

interface ArenaChild {
  name: string;
  pause(): void;
  resume(): void;
}

interface RunningChild extends ArenaChild {
  process: StartedChild<ToldToClient, SaidByClient>;
  plan: ClientPlan;
  /** When it has stopped, or ended */
  done: Promise<void>;
}

const NAMESPACE = 'arena';
const MODULE = new URL('./clientProcess.ts', import.meta.url);
/** A client ends what it is at: waiting, and calls that nobody answers. */
const STOP_TIMEOUT_MS = 10_000;

export async function startArena(options: ArenaOptions): Promise<Arena> {
  const { seed, processes = 3, inProcess = 2, appendonly = 'no', ttlMs = 1_000 } = options;
  const clock = options.isClockAdjustable ? 'adjustable' : 'of this machine';
  const [redis, counters] = await Promise.all([startRedis({ appendonly, clock }), startRedis()]);
  const proxies = await Promise.all([startProxy(redis.port), startProxy(redis.port)]);

  const history: Operation[] = [];
  const note: Note = (operation) => void history.push(operation);
  let clientsSoFar = 0;
  const nextPlan = (): ClientPlan => {
    const number = ++clientsSoFar;
    return {
      name: `client${number}`,
      redisPort: proxies[number % 2]!.port,
      counterPort: counters.port,
      namespace: NAMESPACE,
      seed: seed * 1_000 + number,
      ttlMs,
      restartGraceMs: options.restartGraceMs ?? 1_500,
      restMs: options.restMs ?? 20,
      longHoldChance: options.longHoldChance ?? 0,
    };
  };

  const children: RunningChild[] = [];
  async function addChild(): Promise<RunningChild> {
    const plan = nextPlan();
    const process = await startChild<ToldToClient, SaidByClient>({ module: MODULE });
    process.send({ start: plan });
    const hear = async () => {
      for await (const said of process.messages) {
        if (said === 'stopped') return;
        note(said.noted);
      }
    };
    const { pause, resume } = process;
    return { name: plan.name, plan, process, pause, resume, done: hear() };
  }
  children.push(...(await Promise.all(Array.from({ length: processes }, addChild))));
  const stop = new AbortController();
  const inThisProcess = Array.from({ length: inProcess }, () => {
    const plan = nextPlan();
    return { name: plan.name, done: runLockClient(plan, note, stop.signal) };
  });

  return {
    appendonly,
    ttlMs,
    redis,
    proxies,
    children,
    history,
    note,

    async replace(child) {
      const index = children.findIndex(({ name }) => name === child.name);
      const killed = children[index]!;
      await killed.process.kill('SIGKILL');
      await killed.done;
      note({ verb: 'killed', client: killed.name, atMs: nowMs() });
      children[index] = await addChild();
    },

    async finish() {
      stop.abort();
      for (const child of children) child.process.send('stop');
      const stuck = await namesOfStuck([...inThisProcess, ...children]);
      for (const child of children) {
        const said = child.process.output();
        if (said !== '') throw new Error(`${child.name} wrote:\n${said}`);
      }
      const violations = checkHistory(history, cellsOf);
      return stuck.length === 0 ? violations : [...violations, hasNotEnded(stuck)];
    },

    async close() {
      stop.abort();
      await Promise.all(children.map(({ process }) => process.kill('SIGKILL')));
      // One that is stuck is no reason to be so too.
      await namesOfStuck(inThisProcess);
      await Promise.all(proxies.map((proxy) => proxy.close()));
      await Promise.all([redis.stop(), counters.stop()]);
    },
  };
}

/** Who has not stopped in time. */
async function namesOfStuck(clients: readonly { name: string; done: Promise<void> }[]): Promise<string[]> {
  const running = new Set(clients.map(({ name }) => name));
  const giveUp = new AbortController();
  const tooLate = rest(STOP_TIMEOUT_MS, undefined, { signal: giveUp.signal }).catch(() => {});
  const all = clients.map(async ({ name, done }) => {
    await done;
    running.delete(name);
  });
  await Promise.race([Promise.all(all), tooLate]);
  giveUp.abort();
  return [...running];
}

function hasNotEnded(names: readonly string[]): Violation {
  return {
    rule: 'every call ends',
    message: `${names.join(', ')}: told to stop, and still at a call ${STOP_TIMEOUT_MS / 1_000} s later.`,
    leaseIds: [],
    fromMs: nowMs() - STOP_TIMEOUT_MS,
    untilMs: nowMs(),
  };
}
