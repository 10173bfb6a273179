#!/usr/bin/env node
/** The program `rowlock`. */
import { runCli } from './program.ts';
import { openTerminal } from './terminal.ts';

const exitCode = await runCli(process.argv.slice(2), openTerminal());
// By hand, when all is written: a module of the application's (--before-revoke) may have left a connection open.
process.stdout.write('', () => process.stderr.write('', () => process.exit(exitCode)));
