import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAdjustableClock } from './clockShim/adjustableClock.ts';
import { findRedisProgram } from './findRedisServer.ts';
import { freePort } from './freePort.ts';
import { type StartedProcess, startProcess } from './startProcess.ts';

export interface StartRedisOptions {
  /** What is written to the append-only file: nothing (default), every write before it is answered, or once a second. */
  appendonly?: 'no' | 'always' | 'everysec';
  /** Further arguments, e.g. `['--maxmemory', '10mb']`. */
  args?: readonly string[];
  /** The wall clock of its host: this machine's (default), or one that `jumpClock` moves. Linux, and a C compiler at first. */
  clock?: 'of this machine' | 'adjustable';
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
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

const READY_LINE = 'Ready to accept connections';
const PORT_ATTEMPTS = 5;
// That thread sleeps until a time of the wall clock: after a jump back it would not sleep at all.
const CLOCK_SETTINGS = ['--jemalloc-bg-thread', 'no'];

/**
 * A private Redis on a free port of 127.0.0.1 with its data in a temporary folder. It ends, and its data goes, with
 * `stop`, or when this process ends in whatever way. REDIS_URL is not used: tests flush and kill what they get.
 */
export async function startRedis({
  appendonly = 'no',
  args = [],
  clock: wantedClock = 'of this machine',
}: StartRedisOptions = {}): Promise<TestRedis> {
  const program = findRedisProgram();
  if (program === undefined) {
    throw new Error(
      'Tests kill and restart their Redis, so they need a program to start, and neither redis-server nor valkey-server is on the PATH. ' +
        'Install one of them (Debian: apt-get install redis-server; macOS: brew install redis).',
    );
  }
  const dir = await mkdtemp(join(tmpdir(), 'rowlock-redis-'));
  const removeDir = () => rmSync(dir, { recursive: true, force: true });
  process.once('exit', removeDir);

  const clock = wantedClock === 'adjustable' ? await createAdjustableClock(dir) : undefined;
  const start = (port: number): Promise<StartedProcess> =>
    startProcess({
      command: program,
      args: [...settings(port, dir, appendonly), ...(clock ? CLOCK_SETTINGS : []), ...args],
      env: clock?.env,
      readyLine: READY_LINE,
      folder: dir,
    });

  let port = 0;
  let server: StartedProcess;
  for (let attempt = 1; ; attempt++) {
    port = await freePort();
    try {
      server = await start(port);
      break;
    } catch (error) {
      const taken = error instanceof Error && error.message.includes('Address already in use');
      if (taken && attempt < PORT_ATTEMPTS) continue;
      removeDir();
      process.off('exit', removeDir);
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
    async stop() {
      await server.stop();
      process.off('exit', removeDir);
      await rm(dir, { recursive: true, force: true });
    },
  };
}

function settings(port: number, dir: string, appendonly: 'no' | 'always' | 'everysec'): string[] {
  return [
    ...['--port', String(port), '--bind', '127.0.0.1', '--protected-mode', 'yes', '--dir', dir, '--save', ''],
    ...['--appendonly', appendonly === 'no' ? 'no' : 'yes'],
    ...['--appendfsync', appendonly === 'no' ? 'no' : appendonly],
  ];
}
