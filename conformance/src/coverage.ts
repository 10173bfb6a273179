/** Which names of the protocol the behaviours have not exercised, and which they cannot. */
import { clientMessages, DEFAULT_LIMITS, ERRORS, type Limits } from '@rowlock/protocol';
import type { Exercised } from './subject/exercised.ts';
import type { ServerEventName } from './subject/subject.ts';

/** `ServerEvents` is a type, so its names are listed here. The compiler asks for each. */
export const SERVER_EVENTS: Record<ServerEventName, true> = {
  hello: true,
  changes: true,
  leaseLost: true,
  leaseWaiting: true,
  leaseAcquired: true,
  releaseRequested: true,
  releaseAnswered: true,
  certainty: true,
  hidden: true,
  closing: true,
  idle: true,
};

const ONLY_SOCKETS = 'the server in memory has no network connections';

/** Names that no behaviour can exercise on both servers, with the reason. The list only shrinks. */
export const EXCEPTIONS: Record<string, string> = {
  'error stale': 'only guarded writes over HTTP are refused with it',
  'error too_large': 'only the body of an HTTP request can be too large',
  'limit messageBytes': ONLY_SOCKETS,
  'limit bytesPer10s': ONLY_SOCKETS,
  'limit unreadBytes': ONLY_SOCKETS,
  'limit connectionsOfUser': ONLY_SOCKETS,
  'limit refusalsPer10sOfAddress': ONLY_SOCKETS,
  'limit openHandshakesOfAddress': ONLY_SOCKETS,
} satisfies Partial<Record<`limit ${keyof Limits}` | `error ${keyof typeof ERRORS}`, string>>;

/** Each name that was not exercised, and each exception that was. */
export function missingNames({ messages, events, errors, limits }: Exercised): string[] {
  const missing = [
    ...listMissing('message', Object.keys(clientMessages), messages),
    ...listMissing('event', Object.keys(SERVER_EVENTS), events),
    ...listMissing('error', Object.keys(ERRORS), errors),
    ...listMissing('limit', Object.keys(DEFAULT_LIMITS), limits),
  ];
  const excused = new Set(Object.keys(EXCEPTIONS));
  return [
    ...missing.filter((name) => !excused.has(name)).map((name) => `${name} is not exercised`),
    ...[...excused]
      .filter((name) => !missing.includes(name))
      .map((name) => `${name} is exercised, so remove its exception`),
  ];
}

const listMissing = (kind: string, names: readonly string[], exercised: ReadonlySet<string>): string[] =>
  names.filter((name) => !exercised.has(name)).map((name) => `${kind} ${name}`);
