import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { startPostgres, type TestPostgres } from './startPostgres.ts';
import { trackLeaks } from './trackLeaks.ts';
import { until } from './until.ts';

/** Whether the server accepts a login. It speaks as much of the protocol as needed: an `R` with code 0 accepts. */
function acceptsLogin({ port }: TestPostgres): Promise<boolean> {
  const body = Buffer.from('\0\x03\0\0user\0rowlock\0database\0postgres\0\0', 'latin1');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length + 4);
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(Buffer.concat([length, body])));
    socket.once('error', reject);
    socket.once('data', (answer) => {
      resolve(answer[0] === 'R'.charCodeAt(0) && answer.readUInt32BE(5) === 0);
      socket.destroy();
    });
  });
}

test('a private PostgreSQL accepts its user on its own port and leaves nothing behind', async () => {
  const leaks = trackLeaks();
  const postgres = await startPostgres();
  expect(postgres.url).toBe(`postgres://rowlock@127.0.0.1:${postgres.port}/postgres`);
  expect(await acceptsLogin(postgres)).toBe(true);
  await postgres.stop();
  await leaks.assertNone();
  expect(existsSync(postgres.dir)).toBe(false);
});

test('startPostgres passes settings to the server', async () => {
  const postgres = await startPostgres({ settings: { log_connections: 'on' } });
  try {
    await acceptsLogin(postgres);
    await until(() => postgres.log().includes('connection received'));
  } finally {
    await postgres.stop();
  }
});

test('a private PostgreSQL does not run as root', async () => {
  const postgres = await startPostgres();
  try {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'user=', '-p', String(postgres.pid)]);
    expect(stdout.trim()).not.toBe('root');
  } finally {
    await postgres.stop();
  }
});
