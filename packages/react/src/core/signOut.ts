/**
 * Signs the user out: forgets at once what this tab holds, and ends the session on the server. If the connection is down or
 * silent, by an HTTP request, which the browser also finishes after the page has gone.
 */
import { formatSession, SESSION_HEADER, type SessionSecret } from '@rowlock/protocol';
import type { ClientClock } from './clock.ts';
import { isConnected } from './connection.ts';
import type { ConnectionDriver } from './connectionDriver.ts';
import { RowlockClientError } from './rowlockClientError.ts';
import { ANSWER_LIMIT_MS } from './silence.ts';
import type { TabLeaseLife } from './tabLeases.ts';
import type { Transport } from './transport.ts';

export interface SignOutParts {
  transport: Pick<Transport, 'request'>;
  clock: ClientClock;
  connection: ConnectionDriver;
  leases: TabLeaseLife;
  /** Where Rowlock's routes are mounted */
  routesUrl: string;
}

/** A network that swallows packets keeps a request open for minutes. */
const REQUEST_LIMIT_MS = 5_000;

export async function signOut(parts: SignOutParts): Promise<void> {
  const { transport, connection, leases } = parts;
  const session = await leases.getSession();
  const answered = isConnected(connection.current) && transport.request('endSession', {});
  const error = signedOut();
  // First, so that no form asks for its rows again.
  const disconnect = connection.signOut(error);
  const noteSessionEnded = leases.signOut(error);
  const hasEnded = answered && (await isOkWithin(ANSWER_LIMIT_MS, answered, parts.clock));
  // Before the request, which may take long: until then a connection would renew the leases.
  disconnect();
  if (hasEnded || (session && (await endByRequest(session, parts)))) noteSessionEnded();
}

function isOkWithin(limitMs: number, answered: Promise<{ ok: boolean }>, clock: ClientClock) {
  return new Promise<boolean>((resolve) => {
    const cancel = clock.after(limitMs, () => resolve(false));
    void answered.then(({ ok }) => {
      cancel();
      resolve(ok);
    });
  });
}

/** Without a network it fails, and the leases end after the disconnect grace, or with the next connection. */
async function endByRequest(
  session: SessionSecret,
  { routesUrl, clock }: Pick<SignOutParts, 'routesUrl' | 'clock'>,
): Promise<boolean> {
  const limit = new AbortController();
  const cancelLimit = clock.after(REQUEST_LIMIT_MS, () => limit.abort());
  const headers = { [SESSION_HEADER]: formatSession(session) };
  const request = { method: 'POST', headers, keepalive: true, signal: limit.signal };
  try {
    return (await fetch(`${routesUrl}/session/end`, request)).ok;
  } catch {
    return false;
  } finally {
    cancelLimit();
  }
}

const signedOut = () =>
  new RowlockClientError({
    code: 'unauthenticated',
    message: 'You have signed out, so this tab no longer holds anything. Sign in again.',
  });
