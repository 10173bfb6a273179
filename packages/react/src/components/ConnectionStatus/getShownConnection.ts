/** Decides how people see the connection. Pure. */
import type { ErrorCode } from '@rowlock/protocol';
import type { ConnectionState } from '../../core/connection.ts';

/** `lost`: it was live before. `unreachable`: no connection could be made so far, and the client keeps trying */
export type ReconnectReason = 'lost' | 'offline' | 'unreachable';

/** `outdated`: the server speaks another version than this page */
export type RefusalReason = 'signed-out' | 'no-access' | 'outdated' | 'other';

export type ShownConnection =
  /** Too early to show anything: most connections are made at once */
  | { status: 'pending' }
  | { status: 'connecting' }
  | { status: 'live' }
  | { status: 'uncertain' }
  | { status: 'reconnecting'; reason: ReconnectReason; sinceMs: number }
  | { status: 'refused'; reason: RefusalReason };

export function getShownConnection(connection: ConnectionState): ShownConnection {
  const { status } = connection;
  switch (status) {
    case 'connecting':
    case 'live':
    case 'uncertain':
      return { status };
    case 'reconnecting':
      return { status, reason: getReconnectReason(connection), sinceMs: connection.sinceMs };
    case 'refused':
      return { status, reason: getRefusalReason(connection.error.code) };
    default: {
      const impossible: never = status;
      throw new TypeError(`Unknown connection: ${JSON.stringify(impossible)}.`);
    }
  }
}

function getReconnectReason({
  isOffline,
  error,
  hello,
}: Extract<ConnectionState, { status: 'reconnecting' }>): ReconnectReason {
  if (isOffline) return 'offline';
  return error && !hello ? 'unreachable' : 'lost';
}

function getRefusalReason(code: ErrorCode): RefusalReason {
  switch (code) {
    case 'unauthenticated':
      return 'signed-out';
    case 'forbidden':
      return 'no-access';
    case 'bad_request':
      return 'outdated';
    default:
      return 'other';
  }
}
