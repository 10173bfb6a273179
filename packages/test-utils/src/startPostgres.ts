import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findPostgres } from './findPostgres.ts';
import { freePort } from './freePort.ts';
import { type StartedProcess, startProcess } from './startProcess.ts';

export interface StartPostgresOptions {
  /** Server settings beside those that the tests need, e.g. `{ max_connections: '200' }`. */
  settings?: Readonly<Record<string, string>>;
}

export interface TestPostgres {
  /** `postgres://rowlock@127.0.0.1:<port>/postgres`: its first database, and a user who may do everything. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Its data and nothing else; removed by `stop`. */
  readonly dir: string;
  /** All that the server has logged. */
  log(): string;
  /** Ends it with all of its connections, and removes its data. */
  stop(): Promise<void>;
}

const USER = 'rowlock';
const READY_LINE = 'database system is ready to accept connections';
const PORT_ATTEMPTS = 5;

/** Settings for a server that lives for one test file: it need not survive a crash. It leaves nothing outside of its folder. */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  dynamic_shared_memory_type: 'mmap',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
};

/**
 * A private PostgreSQL on a free port of 127.0.0.1 with its data in a temporary folder; it is ready after one to two
 * seconds. It ends, and its data goes, with `stop`, or when this process ends in whatever way. PostgreSQL refuses to
 * run as root: then it runs as `postgres`, or as `nobody`.
 */
export async function startPostgres({ settings = {} }: StartPostgresOptions = {}): Promise<TestPostgres> {
  const programs = findPostgres();
  if (programs === undefined) {
    throw new Error(
      'Tests start a PostgreSQL of their own, and neither the PATH nor /usr/lib/postgresql has `initdb` and `postgres`. ' +
        'Install them (Debian: apt-get install postgresql; macOS: brew install postgresql).',
    );
  }
  const user = process.getuid?.() === 0 ? await unprivilegedUser() : undefined;
  const dir = await mkdtemp(join(tmpdir(), 'rowlock-postgres-'));
  const removeDir = () => rmSync(dir, { recursive: true, force: true });
  process.once('exit', removeDir);
  // Each of its processes is in the folder, since where we are may be out of reach for its user.
  const as = (program: string, args: string[]) => {
    const [command = program, ...rest] = [...(user ? user.prefix : []), program, ...args];
    return { command, args: rest, cwd: dir, env: { LC_ALL: 'C', TZ: 'UTC' } };
  };

  try {
    if (user) await chown(dir, user.uid, user.gid);
    const data = join(dir, 'data');
    const init = as(programs.initdb, [
      ...['--pgdata', data, '--username', USER, '--auth', 'trust'],
      ...['--encoding', 'UTF8', '--no-locale', '--no-sync'],
    ]);
    await promisify(execFile)(init.command, init.args, {
      cwd: init.cwd,
      env: { ...process.env, ...init.env },
    });
    const all = Object.entries({ ...SETTINGS, ...settings });
    const start = (port: number): Promise<StartedProcess> =>
      startProcess({
        ...as(programs.postgres, [
          ...['-D', data, '-p', String(port)],
          ...all.flatMap(([name, value]) => ['-c', `${name}=${value}`]),
        ]),
        readyLine: READY_LINE,
        folder: dir,
      });
    const { server, port } = await onFreePort(start);
    return {
      url: `postgres://${USER}@127.0.0.1:${port}/postgres`,
      port,
      pid: server.pid,
      dir,
      log: () => server.output(),
      async stop() {
        server.signal('SIGINT'); // "fast": clients are cut off; SIGTERM alone would wait for them
        await server.stop();
        process.off('exit', removeDir);
        await rm(dir, { recursive: true, force: true });
      },
    };
  } catch (error) {
    removeDir();
    process.off('exit', removeDir);
    throw error;
  }
}

async function onFreePort(start: (port: number) => Promise<StartedProcess>) {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    try {
      return { port, server: await start(port) };
    } catch (error) {
      const taken = error instanceof Error && error.message.includes('Address already in use');
      if (!taken || attempt === PORT_ATTEMPTS) throw error;
    }
  }
}

const CANDIDATES = ['postgres', 'nobody'];

async function unprivilegedUser(): Promise<{ uid: number; gid: number; prefix: string[] }> {
  for (const name of CANDIDATES) {
    const [uid, gid] = await Promise.all([idOf('-u', name), idOf('-g', name)]);
    if (uid === undefined || gid === undefined) continue;
    return { uid, gid, prefix: ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'] };
  }
  throw new Error(
    'PostgreSQL refuses to run as root, and there is neither a user `postgres` nor `nobody` to run it as. ' +
      'Run the tests as another user, or add one of the two.',
  );
}

async function idOf(which: '-u' | '-g', name: string): Promise<number | undefined> {
  return promisify(execFile)('id', [which, name]).then(
    ({ stdout }) => Number(stdout),
    () => undefined,
  );
}
