import { createServer } from 'node:net';

// Below the range from which the kernel gives ports to outgoing connections, so that no client uses the port while
// its server is restarted.
const LOWEST_PORT = 20_000;
const HIGHEST_PORT = 31_999;
const ATTEMPTS = 100;
/** The nodes of a Redis Cluster talk to each other on a port of their own, so far above the one for clients. */
const CLUSTER_BUS_DISTANCE = 10_000;
// So that the bus port too is below the ports of outgoing connections (from 32,768 on Linux).
const HIGHEST_PORT_WITH_BUS = 22_767;

/**
 * A port of 127.0.0.1 on which nobody listens now. Chosen at random, so that two test runs on one machine seldom
 * choose alike; nothing reserves it, so a server must still be ready for EADDRINUSE.
 * For a node of a Redis Cluster (`withClusterBus`) the port 10,000 above it is free too.
 */
export async function freePort({ withClusterBus = false } = {}): Promise<number> {
  const highest = withClusterBus ? HIGHEST_PORT_WITH_BUS : HIGHEST_PORT;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = LOWEST_PORT + Math.floor(Math.random() * (highest - LOWEST_PORT + 1));
    if (!(await isFree(port))) continue;
    if (!withClusterBus || (await isFree(port + CLUSTER_BUS_DISTANCE))) return port;
  }
  throw new Error(
    `No free port found between ${LOWEST_PORT} and ${highest} in ${ATTEMPTS} attempts. End some of the servers that listen there.`,
  );
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
