/** What Rowlock logs through. Any of console, pino or winston fits. */
export interface Logger {
  info(message: string, details?: unknown): void;
  warn(message: string, details?: unknown): void;
  error(message: string, details?: unknown): void;
}

/** The default: warnings and errors to stderr, information nowhere. */
export const quietLogger: Logger = {
  info() {},
  warn: (message, details) =>
    console.warn(`rowlock: ${message}`, ...(details === undefined ? [] : [details])),
  error: (message, details) =>
    console.error(`rowlock: ${message}`, ...(details === undefined ? [] : [details])),
};
