import { createServer } from 'node:net';

// Below the range from which the kernel gives ports to outgoing connections, so that a server which is killed and
// started again on its port does not find it taken by somebody's client.
const LOWEST_PORT = 20_000;
const HIGHEST_PORT = 31_999;
const ATTEMPTS = 100;

/**
 * A port of 127.0.0.1 on which nobody listens now. Chosen at random, so that two test runs on one machine seldom
 * choose alike; nothing reserves it, so whoever listens on it must still be ready for EADDRINUSE.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = LOWEST_PORT + Math.floor(Math.random() * (HIGHEST_PORT - LOWEST_PORT + 1));
    if (await isFree(port)) return port;
  }
  throw new Error(
    `No free port found between ${LOWEST_PORT} and ${HIGHEST_PORT} in ${ATTEMPTS} attempts. End some of the servers that listen there.`,
  );
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
