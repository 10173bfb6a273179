/** Explains why no connection could be made, for the person who sets the client up. Pure. */
import type { ErrorBody } from '@rowlock/protocol';

/** An error of Engine.IO. `description` is the HTTP status, if there was an answer. `code` says if that was no packet. */
export type ConnectError = Error & { description?: unknown; code?: unknown };

export function connectFailure(error: ConnectError, address: string): ErrorBody {
  return { code: 'unavailable', message: `${explain(error, address)} The client retries.` };
}

function explain({ message, description: status, code }: ConnectError, address: string): string {
  if (code === 'parser error') {
    return `${address} answers, but is no Socket.IO server. Check \`url\` and \`path\` of the client, and which paths the server answers with a page.`;
  }
  if (typeof status !== 'number' || status === 0) {
    return `${address} could not be reached (${message}). Check that the server runs, and \`url\` of the client.`;
  }
  if (status === 401 || status === 403) {
    return `${address} answered ${status}: the server, or a proxy before it, does not allow this page to connect. Check which origins it allows.`;
  }
  if (status >= 400 && status < 500) {
    return `${address} answered ${status}, so no Rowlock server is there. Check \`url\` and \`path\` of the client, and \`path\` in \`rowlock.attach(server, { path })\`.`;
  }
  return `${address} answered ${status}. The server may be starting. Its log says more.`;
}
