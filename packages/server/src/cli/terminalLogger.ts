import type { Logger } from '../logger.ts';
import { messageOf } from './options.ts';
import type { Terminal } from './terminal.ts';

/** Warnings and errors, a line each; information is part of the results. */
export function terminalLogger(terminal: Terminal): Logger {
  const say = (message: string, details?: unknown) =>
    terminal.say(details === undefined ? message : `${message}: ${messageOf(details)}`);
  return { info() {}, warn: say, error: say };
}
