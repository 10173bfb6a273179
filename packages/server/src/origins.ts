/**
 * Decides which browser pages may act (P14). A browser adds the user's cookies to the requests of any page, so
 * authentication alone does not keep a foreign page out.
 *
 * The first match decides. A listed origin may act. `Sec-Fetch-Site`, which no page can set, must be `same-origin` or
 * `none`. An origin with the request's own host may act. A request with neither header is not from a browser, and may
 * act. Forwarding headers are not trusted, because any sender can write them. Behind a proxy that changes `Host`,
 * list the origin.
 */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { RowlockError } from './errors.ts';

export interface OriginCheck {
  headers: IncomingHttpHeaders;
  /** Whether the connection to this process is encrypted */
  isEncrypted: boolean;
}

export interface Origins {
  isListed(origin: string | undefined): boolean;
  isInvited(request: OriginCheck): boolean;
  /** @throws {RowlockError} `forbidden` */
  require(request: OriginCheck): void;
}

export const originCheckOf = ({ headers, socket }: IncomingMessage): OriginCheck => ({
  headers,
  isEncrypted: (socket as Partial<TLSSocket>).encrypted === true,
});

/** @throws {TypeError} if a listed origin is malformed */
export function createOrigins(allowed: readonly string[]): Origins {
  for (const origin of allowed) assertOrigin(origin);
  const listed = new Set(allowed);
  return {
    isListed: (origin) => origin !== undefined && listed.has(origin),
    isInvited: (request) => isInvited(request, listed),
    require(request) {
      if (!isInvited(request, listed))
        throw new RowlockError('forbidden', notInvited(request.headers.origin));
    },
  };
}

export const notInvited = (origin: string | undefined): string =>
  `A page of ${origin ?? 'another site'} may not act here. If the page is yours, add its origin to \`allowedOrigins\` of createRowlock.`;

export function isInvited({ headers, isEncrypted }: OriginCheck, listed: ReadonlySet<string>): boolean {
  const { origin, host } = headers;
  if (origin !== undefined && listed.has(origin)) return true;
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  if (origin === undefined) return true;
  const url = webAddress(origin);
  if (!url || host === undefined || (isEncrypted && url.protocol !== 'https:')) return false;
  return url.host === webAddress(`${url.protocol}//${host}`)?.host;
}

/** Pages in an app shell have a scheme of its own, such as `capacitor://localhost`; `null` is any sandboxed page. */
function assertOrigin(origin: unknown): void {
  if (typeof origin === 'string') {
    const isOwnScheme = /^[a-z][a-z0-9+.-]*:\/\/[^\s/?#]*$/.test(origin) && !/^https?:/.test(origin);
    if (isOwnScheme || webAddress(origin)?.origin === origin) return;
  }
  throw new TypeError(
    `allowedOrigins contains ${JSON.stringify(origin)}. Give a scheme, a host and perhaps a port, as in "https://admin.example.com".`,
  );
}

const webAddress = (text: string): URL | undefined =>
  /^https?:/.test(text) && URL.canParse(text) ? new URL(text) : undefined;
