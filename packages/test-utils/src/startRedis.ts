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
import { type StartedProcess, startProcess } from './startProcess/startProcess.ts';
import { until } from './until.ts';

export interface StartRedisOptions {
  /**
   * The writes that survive a SIGKILL and a restart: none (`'no'`, the default), every answered write (`'always'`), or
   * all but at most the last second (`'everysec'`). An orderly `restart` loses data only with `'no'`.
   */
  appendonly?: AppendOnly;
  /** Further arguments, for example `['--maxmemory', '10mb']`. */
  args?: readonly string[];
  /**
   * The wall clock of the server: that of this machine (default), or one that `jumpClock` moves. `'adjustable'` needs
   * Linux and a C compiler.
   */
  clock?: 'of this machine' | 'adjustable';
  /**
   * The port of 127.0.0.1 of its primary, or of a proxy in front of it, which can make the replica lag. The first start
   * waits until the two are in sync. A replica refuses writes until it is promoted.
   */
  replicaOf?: number;
  /** How long a replica may take to be in sync at first, in ms. Default 10,000. */
  replicaTimeoutMs?: number;
  /** Starts a single node of a Redis Cluster without slots; see `startRedisCluster`. Default false. */
  clusterNode?: boolean;
}

export interface TestRedis {
  readonly url: string;
  readonly port: number;
  /** Changes with every restart. */
  readonly pid: number;
  /** The folder with the data of the server. It stays over restarts, and `stop` removes it. */
  readonly dir: string;
  /** Everything that the server has logged since its last start. */
  log(): string;
  /** Ends the server (SIGKILL by default) and waits for its end. The data stays for a `restart`. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Starts the server again on the same port and data. If it runs, ends it with SIGTERM first. */
  restart(): Promise<void>;
  /** Freezes the server: connections stay open, and it answers nothing. */
  pause(): void;
  resume(): void;
  /**
   * Moves the wall clock of the server by this many ms, at once and over restarts. Negative values move it back. The
   * monotonic clock does not move. Throws without `clock: 'adjustable'`.
   */
  jumpClock(ms: number): void;
  /** Makes a replica a primary with the data that it has, even if its primary is gone. It stays so over restarts. */
  promote(): Promise<void>;
  /** Ends the server and removes its data. */
  stop(): Promise<void>;
}

const READY_LINE = 'Ready to accept connections';
const PORT_ATTEMPTS = 5;

/**
 * Starts a private Redis on a free port of 127.0.0.1 with its data in a temporary folder. The server ends and its data is
 * removed by `stop`, or when this process ends in any way. It ignores REDIS_URL, because tests flush and kill their server.
 */
export async function startRedis(options: StartRedisOptions = {}): Promise<TestRedis> {
  const program = getRedisProgram();
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

  const first = await startOnFreePort(start, options.clusterNode).catch((error) => {
    removeDir();
    forgetDir();
    throw error;
  });
  const { port } = first;
  let { server } = first;
  const stop = async () => {
    await server.kill('SIGKILL'); // its data is removed, so it need not write any
    forgetDir();
    await rm(dir, { recursive: true, force: true });
  };
  if (replicaOf !== undefined) {
    try {
      await untilInSync(port, options.replicaTimeoutMs ?? 10_000);
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
          "Cannot move the clock of this Redis, because it is the clock of this machine. Start it with { clock: 'adjustable' }.",
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

function getRedisProgram(): string {
  const program = findRedisProgram();
  if (program !== undefined) return program;
  throw new Error(
    'Found no Redis to start: tests kill and restart their own, and neither redis-server nor valkey-server is on the PATH. ' +
      'Install one of them (Debian: apt-get install redis-server; macOS: brew install redis).',
  );
}

/** Starts on another port if some program takes the free port first. */
async function startOnFreePort(
  start: (port: number) => Promise<StartedProcess>,
  withClusterBus: boolean | undefined,
): Promise<{ port: number; server: StartedProcess }> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort({ withClusterBus });
    try {
      return { port, server: await start(port) };
    } catch (error) {
      const taken = error instanceof Error && error.message.includes('Address already in use');
      if (!taken || attempt === PORT_ATTEMPTS) throw error;
    }
  }
}

async function untilInSync(port: number, timeoutMs: number): Promise<void> {
  await until(
    async () => {
      const info = String(await callRedis(port, ['INFO']));
      // While it writes its first append-only file, it neither stores new writes nor obeys a SIGTERM.
      return info.includes('master_link_status:up') && info.includes('aof_rewrite_in_progress:0');
    },
    { timeoutMs, what: 'the replica to be in sync with its primary' },
  );
}
