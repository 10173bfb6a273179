import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { freePort } from './freePort.ts';

async function listenOn(port: number): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  expect(server.address()).toMatchObject({ port });
  await new Promise((resolve) => server.close(resolve));
}

test('freePort returns a port on which a server can listen', async () => {
  await listenOn(await freePort());
});

test('freePort returns a port whose cluster bus is free too, below the ports of outgoing connections', async () => {
  const port = await freePort({ withClusterBus: true });
  await listenOn(port);
  await listenOn(port + 10_000);
  expect(port + 10_000).toBeLessThan(32_768);
});
