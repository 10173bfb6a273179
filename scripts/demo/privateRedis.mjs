import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from '../lib/findProgram.mjs';
import { randomFreePort } from '../lib/ports.mjs';
import { SetupError } from '../lib/SetupError.mjs';

const ATTEMPTS = 3;

/**
 * Starts a Redis for this demo alone, on a free port of 127.0.0.1 other than the api's. Its data is in a temporary folder, written once a
 * second, so that a restart of Redis loses no more than that.
 */
export async function startPrivateRedis(parts, { apiPort }) {
  const program = findProgram(['redis-server', 'valkey-server']);
  if (program === undefined) throw new SetupError('redis-server is gone from the PATH since setup found it.');
  const dir = mkdtempSync(join(tmpdir(), 'rowlock-demo-redis-'));
  process.once('exit', () => rmSync(dir, { recursive: true, force: true }));
  for (let attempt = 1; ; attempt++) {
    const port = await randomFreePort({ except: [apiPort] });
    const args = [
      ...['--port', String(port), '--bind', '127.0.0.1', '--protected-mode', 'yes', '--dir', dir],
      ...['--save', '', '--appendonly', 'yes', '--appendfsync', 'everysec'],
    ];
    try {
      const part = await parts.start('redis', program, args, {
        ready: /Ready to accept connections/,
        quiet: true,
        isNeeded: true,
        folder: dir,
      });
      return { url: `redis://127.0.0.1:${port}`, port, dir, pid: part.pid, command: program, args };
    } catch (error) {
      if (attempt === ATTEMPTS || !/already in use/.test(error.message)) throw error;
    }
  }
}
