import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findPostgres } from './findPostgres.ts';
import { freePort } from './freePort.ts';
import { type StartedProcess, startProcess } from './startProcess/startProcess.ts';

export interface StartPostgresOptions {
  /** Further settings of the server, for example `{ max_connections: '200' }`. */
  settings?: Readonly<Record<string, string>>;
}

export interface TestPostgres {
  /** `postgres://rowlock@127.0.0.1:<port>/postgres`: the default database and a superuser. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** The folder with the data of the server and nothing else. `stop` removes it. */
  readonly dir: string;
  /** Everything that the server has logged. */
  log(): string;
  /** Ends the server, disconnects its clients and removes its data. */
  stop(): Promise<void>;
}

const USER = 'rowlock';
const READY_LINE = 'database system is ready to accept connections';
const PORT_ATTEMPTS = 5;

/** A server for one test file need not survive a crash, so it never syncs. It writes nothing outside its folder. */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  dynamic_shared_memory_type: 'mmap',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
};

/**
 * Starts a private PostgreSQL on a free port of 127.0.0.1 with its data in a temporary folder. This takes one to two
 * seconds. The server ends and its data is removed by `stop`, or when this process ends in any way. PostgreSQL refuses to
 * run as root: a test run as root starts it as `postgres` or `nobody`.
 */
export async function startPostgres({ settings = {} }: StartPostgresOptions = {}): Promise<TestPostgres> {
  const programs = findPostgres();
  if (programs === undefined) {
    throw new Error(
      'Found no PostgreSQL to start: neither the PATH nor /usr/lib/postgresql has `initdb` and `postgres`. ' +
        'Install them (Debian: apt-get install postgresql; macOS: brew install postgresql).',
    );
  }
  const user = process.getuid?.() === 0 ? await unprivilegedUser() : undefined;
  const dir = await mkdtemp(join(tmpdir(), 'rowlock-postgres-'));
  const removeDir = () => rmSync(dir, { recursive: true, force: true });
  process.once('exit', removeDir);
  // Its processes run in the folder, because their user may have no access to the current one.
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
        server.signal('SIGINT'); // "fast" shutdown disconnects clients, while SIGTERM would wait for them
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
    const [uid, gid] = await Promise.all([findUserId('-u', name), findUserId('-g', name)]);
    if (uid === undefined || gid === undefined) continue;
    return { uid, gid, prefix: ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'] };
  }
  throw new Error(
    'PostgreSQL refuses to run as root, and neither the user `postgres` nor `nobody` exists. ' +
      'Run the tests as another user, or add one of the two.',
  );
}

async function findUserId(which: '-u' | '-g', name: string): Promise<number | undefined> {
  return promisify(execFile)('id', [which, name]).then(
    ({ stdout }) => Number(stdout),
    () => undefined,
  );
}
