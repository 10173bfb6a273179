import { RowlockError } from './errors.ts';

/** What Rowlock logs through. Any of console, pino or winston fits. */
export interface Logger {
  info(message: string, details?: unknown): void;
  warn(message: string, details?: unknown): void;
  error(message: string, details?: unknown): void;
}

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
  return [`${details.message}${cause}`];
}
