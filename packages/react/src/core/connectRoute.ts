/**
 * Decides how the next connection is made: by WebSocket or by HTTP polling first, and for how long it is tried. Pure.
 *
 * If a WebSocket is refused, Socket.IO falls back to polling at once. A proxy that neither passes on nor refuses the upgrade
 * leaves it unanswered. After a time-out the client therefore begins by polling, and Socket.IO upgrades that connection
 * if it can.
 */
export interface ConnectRoute {
  isPollingFirst: boolean;
  timeoutMs: number;
}

/** `timed out`: nothing answered. `failed`: in any other way. The other two: the server has said hello, over this. */
export type RouteOutcome = 'timed out' | 'failed' | 'polling' | 'websocket';

const LONGEST_TIMEOUT_MS = 20_000;

export const FIRST_ROUTE: ConnectRoute = { isPollingFirst: false, timeoutMs: 5_000 };

export function nextRoute(route: ConnectRoute, outcome: RouteOutcome): ConnectRoute {
  switch (outcome) {
    case 'timed out':
      // Perhaps the network is only slow, so the next attempt gets more time.
      return {
        isPollingFirst: !route.isPollingFirst,
        timeoutMs: Math.min(route.timeoutMs * 2, LONGEST_TIMEOUT_MS),
      };
    case 'failed':
      // Polling needs a load balancer that keeps a page at one server. A WebSocket does not.
      return { ...route, isPollingFirst: false };
    case 'polling':
      return { ...route, timeoutMs: FIRST_ROUTE.timeoutMs };
    case 'websocket':
      return FIRST_ROUTE;
    default: {
      const impossible: never = outcome;
      throw new TypeError(`Unknown outcome of a connection: ${JSON.stringify(impossible)}.`);
    }
  }
}

export const getTransports = ({ isPollingFirst }: ConnectRoute): ('websocket' | 'polling')[] =>
  isPollingFirst ? ['polling', 'websocket'] : ['websocket', 'polling'];
