// A bench that is stopped before its end leaves no process behind.

import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { startProcess, until } from '@rowlock/test-utils';
import { test } from 'vitest';
import { root } from './lib/paths.mjs';

const LIMIT_MS = 120_000;

/** The processes with this mark in their environment, which each process inherits from its parent. */
function findMarked(mark) {
  return readdirSync('/proc').filter((name) => {
    try {
      // A zombie, which its parent has yet to reap, has no environment.
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/environ`, 'utf8').includes(mark);
    } catch {
      return false;
    }
  });
}

test.each(['SIGINT', 'SIGKILL'])(
  'a bench that %s ends leaves no process',
  {
    timeout: LIMIT_MS,
  },
  async (signal) => {
    const mark = randomUUID();
    const bench = await startProcess({
      command: process.execPath,
      args: ['scripts/bench.mjs', 'live', '--quick', '--only', 'first'],
      cwd: root,
      env: { ROWLOCK_BENCH_MARK: mark, npm_lifecycle_event: undefined },
      readyLine: 'First progress after a pause',
      timeoutMs: LIMIT_MS,
    });
    try {
      // The script, the bench, its Redis, the screens and two servers.
      const isUnderWay = () => findMarked(mark).length >= 6;
      await until(isUnderWay, { what: 'its processes to run', timeoutMs: 30_000 });
      process.kill(bench.pid, signal);
      await bench.exited;
      await until(() => findMarked(mark).length === 0, {
        what: 'all processes to be gone',
        timeoutMs: 15_000,
      });
    } finally {
      await bench.stop();
    }
  },
);
