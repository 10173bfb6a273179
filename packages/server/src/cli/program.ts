/** The command line of `rowlock`: its commands, and the exit code of each failure. */
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { RowlockError, UnavailableError } from '../errors.ts';
import { CliError, EXIT, EXIT_CODES_IN_WORDS, type ExitCode } from './exitCodes.ts';
import { locksCommand } from './locksCommand.ts';
import { messageOf } from './options.ts';
import { reconcileCommand } from './reconcileCommand.ts';
import { releaseCommand } from './releaseCommand.ts';
import { tasksCommand } from './tasksCommand.ts';
import type { Terminal } from './terminal.ts';

function versionOfPackage(): string {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}

function createProgram(terminal: Terminal): Command {
  const program = new Command('rowlock')
    .description('Inspects and settles the locks and tasks of a Rowlock namespace in Redis.')
    .version(versionOfPackage())
    .addHelpText('after', EXIT_CODES_IN_WORDS);
  for (const create of [locksCommand, tasksCommand, releaseCommand, reconcileCommand]) {
    program.addCommand(create(terminal));
  }
  for (const command of [program, ...program.commands]) {
    command
      .exitOverride()
      .showHelpAfterError('(--help says more)')
      .configureOutput({
        writeOut: (text) => terminal.print(text.trimEnd()),
        writeErr: (text) => terminal.say(text.trimEnd()),
      });
  }
  return program;
}

/** @param args without the program's own name */
export async function runCli(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  try {
    await createProgram(terminal).parseAsync([...args], { from: 'user' });
    return EXIT.done;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.wrongUsage;
    if (error instanceof CliError) {
      terminal.say(error.message);
      return error.exitCode;
    }
    return failureOf(error, terminal);
  }
}

// Replies of a Redis that refuses the login.
const REFUSED = /^(NOAUTH|WRONGPASS|NOPERM) /;

function failureOf(error: unknown, terminal: Terminal): ExitCode {
  if (error instanceof UnavailableError) {
    const cause = error.cause === undefined ? '' : ` (${messageOf(error.cause)})`;
    terminal.say(`Redis cannot be reached${cause}. Nothing more was done. Check --redis or REDIS_URL.`);
    return EXIT.unreachable;
  }
  if (error instanceof Error && REFUSED.test(error.message)) {
    terminal.say(`Redis refuses the login: ${error.message}. Check the user and password in the URL.`);
    return EXIT.unreachable;
  }
  terminal.say(error instanceof RowlockError ? error.message : `It failed: ${messageOf(error)}`);
  return EXIT.failed;
}
