/** A Web `Request` as guard and routes read it. */
import type { IncomingHttpHeaders } from 'node:http';
import type { HttpRequest, RouteRequest } from '../httpRequest.ts';
import { readBody } from '../readBody.ts';

export function httpRequestOf(request: Request): HttpRequest {
  const url = new URL(request.url);
  // A request that no server has received has no `Host`.
  const headers: IncomingHttpHeaders = { host: url.host, ...Object.fromEntries(request.headers) };
  return {
    method: request.method,
    path: url.pathname,
    headers,
    isEncrypted: url.protocol === 'https:',
    credentials: { headers, url: request.url, auth: {}, webRequest: request },
  };
}

/** `basePath`: the path at which the routes are mounted. A path outside of it stays as it is, and is no route. */
export function routeRequestOf(request: Request, basePath: string): RouteRequest {
  const { path, ...rest } = httpRequestOf(request);
  return {
    ...rest,
    path: path.startsWith(`${basePath}/`) ? path.slice(basePath.length) : path,
    query: new URL(request.url).searchParams,
    readBody: (limitBytes) => readBody(chunksOf(request.body), rest.headers, limitBytes),
  };
}

async function* chunksOf(body: ReadableStream<Uint8Array> | null): AsyncGenerator<Uint8Array> {
  if (body) yield* body;
}
