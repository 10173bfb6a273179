import { expect, it } from 'vitest';
import { FIRST_ROUTE, getTransports, nextRoute } from './connectRoute.ts';

it('The client begins by WebSocket, and by polling after a WebSocket that timed out', () => {
  expect(getTransports(FIRST_ROUTE)).toEqual(['websocket', 'polling']);
  const second = nextRoute(FIRST_ROUTE, 'timed out');
  expect(getTransports(second)).toEqual(['polling', 'websocket']);
  expect(getTransports(nextRoute(second, 'timed out'))).toEqual(['websocket', 'polling']);
});

it('Each attempt that times out gives the next one more time, up to 20 s', () => {
  let route = FIRST_ROUTE;
  const timeouts = [0, 1, 2, 3].map(() => {
    route = nextRoute(route, 'timed out');
    return route.timeoutMs;
  });
  expect(timeouts).toEqual([10_000, 20_000, 20_000, 20_000]);
});

it('The client stays with polling while only polling works, and returns to WebSocket when one was opened', () => {
  const byPolling = nextRoute(nextRoute(FIRST_ROUTE, 'timed out'), 'polling');
  expect(byPolling).toEqual({ isPollingFirst: true, timeoutMs: 5_000 });
  expect(nextRoute(byPolling, 'websocket')).toEqual(FIRST_ROUTE);
});

it('The client begins by WebSocket after polling that failed, since several servers may be behind a load balancer', () => {
  const polling = nextRoute(FIRST_ROUTE, 'timed out');
  expect(nextRoute(polling, 'failed').isPollingFirst).toBe(false);
});
