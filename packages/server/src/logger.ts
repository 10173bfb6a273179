import { plainText } from '@rowlock/protocol';
import { RowlockError } from './errors.ts';

/** What Rowlock logs through. Any of console, pino or winston fits. */
export interface Logger {
  info(message: string, details?: unknown): void;
  warn(message: string, details?: unknown): void;
  error(message: string, details?: unknown): void;
}

/** A logger that gets one line a message: what a browser sent, and is quoted in it, can neither forge a line nor steer a terminal. */
export const oneLineEach = (logger: Logger): Logger => ({
  info: (message, details) => logger.info(plainText(message), ...given(details)),
  warn: (message, details) => logger.warn(plainText(message), ...given(details)),
  error: (message, details) => logger.error(plainText(message), ...given(details)),
});

/** An argument that was not given is not passed on as undefined: console would print it. */
const given = (details: unknown): [] | [unknown] => (details === undefined ? [] : [details]);

/** The default: warnings and errors to the console, information nowhere. An error of our own says all in its message. */
export const quietLogger: Logger = {
  info() {},
  warn: (message, details) => console.warn(`rowlock: ${message}`, ...inWords(details)),
  error: (message, details) => console.error(`rowlock: ${message}`, ...inWords(details)),
};

function inWords(details: unknown): unknown[] {
  if (details === undefined) return [];
  if (!(details instanceof RowlockError)) return [details];
  const cause = details.cause instanceof Error ? ` (${details.cause.message || details.cause.name})` : '';
  return [plainText(`${details.message}${cause}`)];
}
