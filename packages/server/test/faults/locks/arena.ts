/**
 * An arena, in which clients compete for records while faults are injected. It has a Redis behind two proxies, another
 * Redis for the counters, and clients in this process and in processes of their own. Half of them are behind each proxy.
 * The arena collects the history of all their operations.
 */
import { startProxy, startRedis, type TestProxy, type TestRedis } from '@rowlock/test-utils';
import { checkHistory, type Violation } from './checkHistory.ts';
import { type ArenaChild, type RunningChild, startChildClient } from './childClient.ts';
import { nowMs, type Operation } from './history.ts';
import { type ClientPlan, runLockClient } from './lockClient.ts';
import type { Note } from './recordedLease.ts';
import { namesOfStuck, violationOfStuck } from './stuckClients.ts';
import { cellsOf } from './world.ts';

export interface ArenaOptions {
  seed: number;
  /** Clients in processes of their own. Default 3 */
  processes?: number;
  /** Clients in this process. Default 2 */
  inProcess?: number;
  /** When Redis saves its data: never, once a second, or at each write. Default `no` */
  appendonly?: 'no' | 'everysec' | 'always';
  /** Whether the wall clock of Redis's host can be moved. Default false */
  isClockAdjustable?: boolean;
  /** Default 1,000 */
  ttlMs?: number;
  /** Default 1,500. At least the TTL: otherwise a holder could ask for its lease too late */
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
  /** The clients in processes of their own */
  readonly children: readonly ArenaChild[];
  readonly history: readonly Operation[];
  note: Note;
  /** Kills a client by SIGKILL, and starts another in its place. */
  replace(child: ArenaChild): Promise<void>;
  /** Stops all clients, and judges their history. */
  finish(): Promise<Violation[]>;
  /** Ends everything that was started. */
  close(): Promise<void>;
}

const NAMESPACE = 'arena';

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
  const addChild = () => startChildClient(nextPlan(), note);
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
        const output = child.process.output();
        if (output !== '') throw new Error(`${child.name} wrote:\n${output}`);
      }
      const violations = checkHistory(history, cellsOf);
      return stuck.length === 0 ? violations : [...violations, violationOfStuck(stuck)];
    },

    async close() {
      stop.abort();
      await Promise.all(children.map(({ process }) => process.kill('SIGKILL')));
      // A stuck client must not block the rest of this.
      await namesOfStuck(inThisProcess);
      await Promise.all(proxies.map((proxy) => proxy.close()));
      await Promise.all([redis.stop(), counters.stop()]);
    },
  };
}
