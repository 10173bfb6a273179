import type { Request } from 'express';
import { originCheckOf } from '../../origins.ts';
import type { HttpRequest, RouteRequest } from '../httpRequest.ts';
import { readBody } from '../readBody.ts';

/** An Express request as guard and routes read it. */
export const httpRequestOf = (request: Request): HttpRequest => ({
  method: request.method,
  path: request.path,
  ...originCheckOf(request),
  credentials: { headers: request.headers, url: request.originalUrl, auth: {}, request },
});

export const routeRequestOf = (request: Request): RouteRequest => ({
  ...httpRequestOf(request),
  query: new URLSearchParams(request.url.split('?').slice(1).join('?')),
  async readBody(limitBytes) {
    // A parser of the application may have read it before.
    const parsed: unknown = request.body;
    return parsed === undefined ? readBody(chunksOf(request), request.headers, limitBytes) : parsed;
  },
});

/** Does not destroy the connection if its reader stops, because the client is still to be answered. */
async function* chunksOf(request: Request): AsyncGenerator<Uint8Array> {
  for await (const chunk of request.iterator({ destroyOnReturn: false })) yield chunk as Uint8Array;
}
