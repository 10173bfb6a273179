import { createServer } from 'node:net';

// Below the range from which the kernel takes ports for outgoing connections. Otherwise a client could take the port of
// a server that is killed and started again.
const LOWEST_PORT = 20_000;
const HIGHEST_PORT = 31_999;
const ATTEMPTS = 100;
/** The bus port, on which nodes of a Redis Cluster talk to each other, is this far above the port for clients. */
const CLUSTER_BUS_DISTANCE = 10_000;
// Keeps the bus port below the ports of outgoing connections too, which begin at 32,768 on Linux.
const HIGHEST_PORT_WITH_BUS = 22_767;

/**
 * Finds a port of 127.0.0.1 on which nobody listens. The choice is random, so two test runs on one machine rarely
 * collide. Nothing reserves the port, so the caller must handle EADDRINUSE. With `withClusterBus`, for a node of a Redis
 * Cluster, the port 10,000 above it is free too.
 */
export async function freePort({ withClusterBus = false } = {}): Promise<number> {
  const highest = withClusterBus ? HIGHEST_PORT_WITH_BUS : HIGHEST_PORT;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = LOWEST_PORT + Math.floor(Math.random() * (highest - LOWEST_PORT + 1));
    if (!(await isFree(port))) continue;
    if (!withClusterBus || (await isFree(port + CLUSTER_BUS_DISTANCE))) return port;
  }
  throw new Error(
    `Found no free port between ${LOWEST_PORT} and ${highest} in ${ATTEMPTS} attempts. Stop some of the servers that listen there.`,
  );
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
