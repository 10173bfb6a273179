import { createServer } from 'node:net';

const LAST_PORT = 65_535;
// Below the range from which the kernel gives ports to outgoing connections.
const LOWEST_PRIVATE_PORT = 20_000;
const HIGHEST_PRIVATE_PORT = 31_999;

/**
 * Why a port cannot be listened on (`EADDRINUSE`, `EACCES`, …), or undefined. Without a host it must be free on all
 * addresses and on the loopback ones: a browser that goes to localhost must not find another program there.
 */
export async function whyTaken(port, host) {
  const hosts = host === undefined ? [undefined, '127.0.0.1', '::1'] : [host];
  for (const one of hosts) {
    const reason = await probe(port, one);
    if (reason !== undefined && reason !== 'EADDRNOTAVAIL' && reason !== 'EAFNOSUPPORT') return reason;
  }
  return undefined;
}

function probe(port, host) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve(error.code ?? error.message));
    server.listen({ port, host }, () => server.close(() => resolve(undefined)));
  });
}

/** The first free port from `port` upwards. */
export async function nextFreePort(port) {
  for (let candidate = port; candidate <= LAST_PORT; candidate++) {
    if ((await whyTaken(candidate)) === undefined) return candidate;
  }
  throw new Error(`No port from ${port} to ${LAST_PORT} is free.`);
}

/**
 * A free port of 127.0.0.1, chosen at random so that two runs at the same moment seldom choose the same one. `except`: ports
 * that are free now and already have a use.
 */
export async function randomFreePort({ except = [] } = {}) {
  for (;;) {
    const port =
      LOWEST_PRIVATE_PORT + Math.floor(Math.random() * (HIGHEST_PRIVATE_PORT - LOWEST_PRIVATE_PORT + 1));
    if (!except.includes(port) && (await whyTaken(port, '127.0.0.1')) === undefined) return port;
  }
}
