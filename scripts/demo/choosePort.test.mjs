import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { root } from '../lib/paths.mjs';
import { randomFreePort } from '../lib/ports.mjs';
import { choosePort, DEFAULT_PORT } from './choosePort.mjs';

const servers = [];
afterEach(() =>
  Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve)))),
);

async function take(port, host) {
  const server = createServer();
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  servers.push(server);
}

test('a free PORT is used', async () => {
  const port = await randomFreePort();
  expect(await choosePort({ wanted: String(port) })).toEqual({ port });
});

test.each(['127.0.0.1', undefined])(
  'a PORT that is taken at %s is an error that says what to do',
  async (host) => {
    const port = await randomFreePort();
    await take(port, host);
    await expect(choosePort({ wanted: String(port) })).rejects.toMatchObject({
      message: `PORT=${port} is taken by another program.`,
      text: expect.stringContaining(`PORT=${port + 1} npm run demo`),
    });
  },
);

test.each(['http', '0', '70000', '3000.5'])('PORT=%s is refused', async (wanted) => {
  await expect(choosePort({ wanted })).rejects.toThrow(`PORT=${wanted} is not a port`);
});

test('a default port that is taken moves on to the next free port and says so', async () => {
  const port = await randomFreePort();
  await take(port);
  const chosen = await choosePort({ wanted: '', fallback: port });
  expect(chosen.port).toBeGreaterThan(port);
  expect(chosen.note).toBe(`Port ${port} is taken; using ${chosen.port} instead.`);
});

test("the curls of the demo's README go to the port on which the demo begins", async () => {
  const readme = await readFile(join(root, 'apps/demo/README.md'), 'utf8');
  expect(readme).toMatch(new RegExp(`^API=http://localhost:${DEFAULT_PORT} `, 'm'));
});
