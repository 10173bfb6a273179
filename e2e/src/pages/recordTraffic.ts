/** The traffic of a window: its HTTP requests, its sockets, and the frames that it sends over them. */
import type { Page } from '@playwright/test';

export interface Traffic {
  /** "GET /api/cities?country=FR", in the order in which they were sent */
  requests: string[];
  /** Addresses of the WebSockets that were opened */
  sockets: string[];
  /** Frames that the window sent, without the answers to the server's pings */
  sent: string[];
}

/** The answer to a ping of the server in Engine.IO. It keeps the connection alive. */
const PONG = '3';

/** Records from now on. It records sockets only if it starts before the page is loaded. The caller may empty the lists. */
export function recordTraffic(page: Page): Traffic {
  const traffic: Traffic = { requests: [], sockets: [], sent: [] };
  page.on('request', (request) => {
    const { pathname, search } = new URL(request.url());
    traffic.requests.push(`${request.method()} ${pathname}${search}`);
  });
  page.on('websocket', (socket) => {
    traffic.sockets.push(socket.url());
    socket.on('framesent', ({ payload }) => {
      if (payload !== PONG) traffic.sent.push(String(payload));
    });
  });
  return traffic;
}

/** The requests that occur more than once, with their counts. */
export function repeated(requests: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const request of requests) counts.set(request, (counts.get(request) ?? 0) + 1);
  return Object.fromEntries([...counts].filter(([, count]) => count > 1));
}
