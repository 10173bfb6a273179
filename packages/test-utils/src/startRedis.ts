import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atExit } from './atExit.ts';
import { callRedis } from './callRedis.ts';
import { createAdjustableClock } from './clockShim/adjustableClock.ts';
import { findRedisProgram } from './findRedisServer.ts';
import { freePort } from './freePort.ts';
import { type AppendOnly, redisArguments } from './redisArguments.ts';
import { type StartedProcess, startProcess } from './startProcess.ts';
import { until } from './until.ts';

export interface StartRedisOptions {
  /**
   * The data that survives a SIGKILL and a restart: nothing (`'no'`, the default), every write that was answered (`'always'`), or
   * all but at most the last second (`'everysec'`). An orderly `restart` loses what `'no'` has, and nothing else.
   */
  appendonly?: AppendOnly;
  /** Further arguments, e.g. `['--maxmemory', '10mb']`. */
  args?: readonly string[];
  /** The wall clock of its host: this machine's (default), or one that `jumpClock` moves. Linux, and a C compiler at first. */
  clock?: 'of this machine' | 'adjustable';
  /**
   * The port of 127.0.0.1 where its primary is, or a proxy before it (then the replica lags or falls behind at will).
   * The first start waits until the two are in step. A replica refuses writes until it is promoted.
   */
  replicaOf?: number;
  /** How long a replica may take to be in step at first. Default 10,000. */
  replicaTimeoutMs?: number;
  /** Makes it a node of a Redis Cluster, without slots and alone: see `startRedisCluster`. Default false. */
  clusterNode?: boolean;
}

export interface TestRedis {
  readonly url: string;
  readonly port: number;
  /** Changes with every restart. */
  readonly pid: number;
  /** Its data; stays over restarts, and is removed by `stop`. */
  readonly dir: string;
  /** All that the server has logged since its last start. */
  log(): string;
  /** Ends it (SIGKILL by default) and waits until it is gone. Its data stays, so that `restart` can follow. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same port and data, after a `kill` or (then by SIGTERM first) from the running state. */
  restart(): Promise<void>;
  /** Freezes it: connections stay open and nothing is answered. */
  pause(): void;
  resume(): void;
  /**
   * Moves its wall clock by so many ms, forwards or (negative) backwards, at once and over restarts. Its monotonic
   * clock stays as it is. Only with `clock: 'adjustable'`; an error without.
   */
  jumpClock(ms: number): void;
  /** Makes a replica a primary with the data that it has, also where its own primary is gone; stays so over restarts. */
  promote(): Promise<void>;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

const READY_LINE = 'Ready to accept connections';
const PORT_ATTEMPTS = 5;

/**
 * A private Redis on a free port of 127.0.0.1 with its data in a temporary folder. It ends, and its data goes, with
 * `stop`, or when this process ends in whatever way. REDIS_URL is not used: tests flush and kill what they get.
 */
export async function startRedis(options: StartRedisOptions = {}): Promise<TestRedis> {
  const program = findRedisProgram();
  if (program === undefined) {
    throw new Error(
      'Tests kill and restart their Redis, so they need a program to start, and neither redis-server nor valkey-server is on the PATH. ' +
        'Install one of them (Debian: apt-get install redis-server; macOS: brew install redis).',
    );
  }
  const dir = await mkdtemp(join(tmpdir(), 'rowlock-redis-'));
  const removeDir = () => rmSync(dir, { recursive: true, force: true });
  const forgetDir = atExit(removeDir);

  let { replicaOf } = options;
  const clock = options.clock === 'adjustable' ? await createAdjustableClock(dir) : undefined;
  const start = (port: number): Promise<StartedProcess> =>
    startProcess({
      command: program,
      args: redisArguments({
        port,
        dir,
        appendonly: options.appendonly ?? 'no',
        replicaOf,
        isClockAdjustable: clock !== undefined,
        isClusterNode: options.clusterNode ?? false,
        further: options.args ?? [],
      }),
      env: clock?.env,
      readyLine: READY_LINE,
      folder: dir,
    });

  let port = 0;
  let server: StartedProcess;
  for (let attempt = 1; ; attempt++) {
    port = await freePort({ withClusterBus: options.clusterNode });
    try {
      server = await start(port);
      break;
    } catch (error) {
      const taken = error instanceof Error && error.message.includes('Address already in use');
      if (taken && attempt < PORT_ATTEMPTS) continue;
      removeDir();
      forgetDir();
      throw error;
    }
  }

  const stop = async () => {
    await server.kill('SIGKILL'); // nothing of what an orderly end would write is kept
    forgetDir();
    await rm(dir, { recursive: true, force: true });
  };
  if (replicaOf !== undefined) {
    try {
      await inStep(port, options.replicaTimeoutMs ?? 10_000);
    } catch (error) {
      await stop();
      throw error;
    }
  }

  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    dir,
    get pid() {
      return server.pid;
    },
    log: () => server.output(),
    async kill(signal = 'SIGKILL') {
      await server.kill(signal);
    },
    async restart() {
      await server.stop();
      server = await start(port);
    },
    pause: () => server.signal('SIGSTOP'),
    resume: () => server.signal('SIGCONT'),
    jumpClock(ms) {
      if (clock === undefined) {
        throw new Error(
          "This Redis lives by this machine's clock. Start it with { clock: 'adjustable' } to move it.",
        );
      }
      clock.jump(ms);
    },
    async promote() {
      await callRedis(port, ['REPLICAOF', 'NO', 'ONE']);
      replicaOf = undefined;
    },
    stop,
  };
}

async function inStep(port: number, timeoutMs: number): Promise<void> {
  await until(
    async () => {
      const info = String(await callRedis(port, ['INFO']));
      // While it writes its first append-only file it neither keeps what it gets nor obeys a SIGTERM.
      return info.includes('master_link_status:up') && info.includes('aof_rewrite_in_progress:0');
    },
    { timeoutMs, what: 'the replica to be in step with its primary' },
  );
}
