import { plainText } from '@rowlock/protocol';
import { RowlockError } from './errors.ts';

/** The logger that Rowlock writes to. console, pino and winston fit. */
export interface Logger {
  info(message: string, details?: unknown): void;
  warn(message: string, details?: unknown): void;
  error(message: string, details?: unknown): void;
}

/**
 * A logger that gets one line for each message. Quoted text of a browser can neither forge a line nor control a
 * terminal.
 */
export const oneLineEach = (logger: Logger): Logger => ({
  info: (message, details) => logger.info(plainText(message), ...given(details)),
  warn: (message, details) => logger.warn(plainText(message), ...given(details)),
  error: (message, details) => logger.error(plainText(message), ...given(details)),
});

/** A missing argument is not passed as undefined, because console would print it. */
const given = (details: unknown): [] | [unknown] => (details === undefined ? [] : [details]);

/** The default: warnings and errors to the console, no information. The message of a RowlockError needs no stack. */
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
