/** The session that a client proves in its handshake. It travels in `auth`, beside the application's own fields. */
import { parseSession, SESSION_AUTH_FIELD, type SessionSecret } from '@rowlock/protocol';
import { RowlockError } from '../../errors.ts';

export interface HandshakeAuth {
  /** Undefined for a client without a session of its own, such as a script */
  session: SessionSecret | undefined;
  /** For the application's `authenticate` */
  credentials: Record<string, unknown>;
}

/** @throws {RowlockError} `bad_request` if the session is malformed */
export function readHandshake(auth: Record<string, unknown>): HandshakeAuth {
  const { [SESSION_AUTH_FIELD]: field, ...credentials } = auth;
  if (field === undefined) return { session: undefined, credentials };
  const session = typeof field === 'string' ? parseSession(field) : undefined;
  if (session) return { session, credentials };
  throw new RowlockError(
    'bad_request',
    `The handshake's \`${SESSION_AUTH_FIELD}\` is malformed. It is "<session id>.<secret>", each of 16 to 64 characters of A–Z a–z 0–9 _ -.`,
  );
}
