// The demo as a person starts and ends it. Every start is a real one: Redis, database, web app, api, worker.

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProcess, until } from '@rowlock/test-utils';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { buildWebApp } from './demo/webApp.mjs';
import { root } from './lib/paths.mjs';
import { randomFreePort } from './lib/ports.mjs';

const START_MS = 60_000;
const DEFAULT_PORT = 3000;

let folder;
let demos;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rowlock-demo-test-'));
  demos = [];
});
afterEach(async () => {
  await Promise.all(demos.map((demo) => demo.stop()));
  rmSync(folder, { recursive: true });
}, START_MS);

async function startDemo({ command = process.execPath, args = ['scripts/demo.mjs'], env = {} } = {}) {
  const stateFile = join(folder, `state-${demos.length}.json`);
  const demo = await startProcess({
    command,
    args,
    cwd: root,
    env: {
      REDIS_URL: undefined,
      DATABASE_URL: undefined,
      DEMO_DATA_DIR: undefined,
      PORT: String(await randomFreePort()),
      DEMO_STATE_FILE: stateFile,
      npm_lifecycle_event: undefined,
      ...env,
    },
    readyLine: /^Rowlock demo ready at /,
    timeoutMs: START_MS,
  });
  demos.push(demo);
  const state = JSON.parse(readFileSync(stateFile, 'utf8'));
  return { demo, state, pids: [state.redis.pid, state.api.pid, state.worker.pid] };
}

// A zombie, which its parent has yet to reap, is not alive.
function isAlive(pid) {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

const noneIsAlive = (pids) =>
  until(() => !pids.some(isAlive), { what: 'all processes to be gone', timeoutMs: 15_000 });

const nothingIsLeft = (state) =>
  until(() => !existsSync(state.redis.dir) && !existsSync(state.dataDir), {
    what: 'its temporary data to be removed',
  });

test('the demo is ready at the requested PORT, and serves the web app', { timeout: START_MS }, async () => {
  const { demo, state } = await startDemo();
  expect(demo.readyLine).toBe(`Rowlock demo ready at http://localhost:${state.port}`);
  const page = await fetch(state.url, { headers: { accept: 'text/html' } });
  expect(page.status).toBe(200);
  expect(await page.text()).toContain('<div id="root">');
});

test('a start with a web app that is built builds nothing, and moves on from a default port that is taken', {
  timeout: 2 * START_MS,
}, async () => {
  await buildWebApp(() => {});
  const server = createServer();
  // If this fails, another program has the port: it is taken either way.
  await new Promise((resolve) => server.once('error', resolve).listen(DEFAULT_PORT, resolve));
  try {
    const { demo, state } = await startDemo({ env: { PORT: undefined } });
    expect(demo.output()).toContain('Build the web app: already built');
    expect(state.port).toBeGreaterThan(DEFAULT_PORT);
    expect(demo.output()).toContain(`Port ${DEFAULT_PORT} is taken; using ${state.port} instead.`);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
});

test('Ctrl-C, which comes twice, from the terminal and from npm, stops every process in good order', {
  timeout: START_MS,
}, async () => {
  const { demo, state, pids } = await startDemo();
  process.kill(demo.pid, 'SIGINT'); // the demo alone: a terminal's Ctrl-C does not reach its process groups
  process.kill(demo.pid, 'SIGINT');
  expect(await demo.exited).toEqual({ code: 0, signal: null });
  expect(demo.output()).toContain('Stopping (SIGINT)');
  await noneIsAlive(pids);
  await nothingIsLeft(state);
});

test('a terminal that closes stops every process', { timeout: START_MS }, async () => {
  const { demo, state, pids } = await startDemo();
  process.kill(demo.pid, 'SIGHUP');
  expect(await demo.exited).toEqual({ code: 0, signal: null });
  await noneIsAlive(pids);
  await nothingIsLeft(state);
});

test('a SIGTERM for npm stops every process', { timeout: START_MS }, async () => {
  const { demo, state, pids } = await startDemo({ command: 'npm', args: ['run', 'demo'] });
  process.kill(demo.pid, 'SIGTERM');
  await noneIsAlive([...pids, state.pid]);
  await nothingIsLeft(state);
});

test.each(['redis', 'worker'])(
  'a crash of the %s ends all the rest, with its name and an exit code',
  {
    timeout: START_MS,
  },
  async (part) => {
    const { demo, state, pids } = await startDemo();
    process.kill(state[part].pid, 'SIGKILL');
    expect(await demo.exited).toEqual({ code: 1, signal: null });
    expect(demo.output()).toContain(`${part} has ended unexpectedly: signal SIGKILL.`);
    await noneIsAlive(pids);
    await nothingIsLeft(state);
  },
);

test('a demo that is killed itself leaves nothing behind', { timeout: START_MS }, async () => {
  const { demo, state, pids } = await startDemo();
  process.kill(demo.pid, 'SIGKILL');
  await noneIsAlive(pids);
  await nothingIsLeft(state);
});

test('a PORT that is taken is an error before anything is started', { timeout: START_MS }, async () => {
  const port = await randomFreePort();
  const server = createServer();
  await new Promise((resolve) => server.listen(port, resolve));
  try {
    const error = await startDemo({ env: { PORT: String(port) } }).then(
      () => expect.unreachable(),
      (reason) => reason,
    );
    expect(error.message).toContain('ended with exit code 1');
    expect(error.message).toContain(`PORT=${port} is taken by another program.`);
    expect(error.message).not.toContain('Packages');
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
});
