/** Explains why there is no connection. The text is for the person who sets the client up, or it is the server's refusal. Pure. */
import { ERRORS, type ErrorBody } from '@rowlock/protocol';

/** An error of Engine.IO. `description` is the HTTP status, if there was an answer. `code` says if that was no packet. */
export type ConnectError = Error & { description?: unknown; code?: unknown };

/** `pageOrigin`: undefined outside of a page */
export function connectFailure(error: ConnectError, address: string, pageOrigin?: string): ErrorBody {
  return { code: 'unavailable', message: `${explain(error, address, pageOrigin)} The client retries.` };
}

/** The connection was made by HTTP requests, because no WebSocket could be opened. */
export const pollingOnly = (address: string): string =>
  `No WebSocket could be opened at ${address}, so the connection uses HTTP requests: changes arrive later and cost more. ` +
  'Let the proxy before the server pass on upgrades. nginx: `proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; ' +
  'proxy_set_header Connection "upgrade";`. Vite: `ws: true` in `server.proxy`.';

/** The application's `auth` function failed. Nobody knows whether the user is signed out, so this is not final. */
export const credentialsFailure = (cause: unknown): ErrorBody => ({
  code: 'unavailable',
  message:
    `The credentials for the connection could not be read: ${cause instanceof Error ? cause.message : String(cause)}. ` +
    'The client retries. If this stays, check the `auth` function.',
});

/** Rowlock's refusals have an `ErrorBody` in `data`. Any other refusal comes from something in between, and is not final. */
export function getRefusal(error: Error & { data?: Partial<ErrorBody> }): ErrorBody {
  const { code, message } = error.data ?? {};
  if (code !== undefined && Object.hasOwn(ERRORS, code)) return { code, message: message ?? error.message };
  return {
    code: 'unavailable',
    message:
      error.message === 'Invalid namespace'
        ? 'The Socket.IO server at this address serves no Rowlock. Call `rowlock.attach(io)` with that server, or check `url` and `path` of the client. The client retries.'
        : `The server refused the connection: ${error.message}. The client retries.`,
  };
}

function explain(
  { message, description: status, code }: ConnectError,
  address: string,
  pageOrigin: string | undefined,
): string {
  if (code === 'parser error') {
    return `${address} answers, but is no Socket.IO server. Check \`url\` and \`path\` of the client, and which paths the server answers with a page.`;
  }
  if (message === 'timeout') {
    return `${address} did not answer in time. Check the network, and the proxy before the server if there is one.`;
  }
  if (typeof status !== 'number' || status === 0) {
    const allowed =
      pageOrigin !== undefined && isElsewhere(address, pageOrigin)
        ? ` A browser says the same if the server does not allow this page: add "${pageOrigin}" to \`allowedOrigins\` of createRowlock.`
        : '';
    return `${address} could not be reached (${message}). Check that the server runs, and \`url\` of the client.${allowed}`;
  }
  if (status === 401 || status === 403) {
    return `${address} answered ${status}: the server, or a proxy before it, does not allow this page to connect. Check which origins it allows.`;
  }
  if (status === 400) {
    return `${address} answered 400. If several servers are behind a load balancer, it must keep each page at one server (sticky sessions), or pass on WebSocket upgrades.`;
  }
  if (status >= 400 && status < 500) {
    return `${address} answered ${status}, so no Rowlock server is there. Check \`url\` and \`path\` of the client, and \`path\` in \`rowlock.attach(server, { path })\`.`;
  }
  return `${address} answered ${status}. The server may be starting. Its log says more.`;
}

/** A relative address is the page's own origin. */
const isElsewhere = (address: string, pageOrigin: string): boolean =>
  new URL(address, pageOrigin).origin !== pageOrigin;
