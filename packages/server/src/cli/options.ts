/** Options of several commands, and the parsing of their values. */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { LocksOptions } from '../locks/locks.ts';
import { keysOf } from '../redis/keys.ts';
import { CliError, EXIT } from './exitCodes.ts';

export interface ConnectionOptions {
  redis: string;
  namespace: string;
}

export function withConnection(command: Command): Command {
  return command
    .addOption(
      new Option('--redis <url>', 'the address of Redis: redis://127.0.0.1:6379/0')
        .env('REDIS_URL')
        .argParser(readUrl),
    )
    .addOption(
      new Option('--namespace <name>', 'the namespace of createRowlock')
        .env('ROWLOCK_NAMESPACE')
        .argParser(readNamespace),
    )
    .hook('preAction', (_this, called) => assertConnection(called.opts()));
}

/** Reports both at once. @throws {CliError} */
function assertConnection({ redis, namespace }: Partial<ConnectionOptions>): void {
  const missing = [
    !redis && 'the address of Redis, by --redis <url> or REDIS_URL',
    !namespace && "the application's namespace, by --namespace <name> or ROWLOCK_NAMESPACE",
  ].filter((words) => words !== false);
  if (missing.length > 0)
    throw new CliError(
      EXIT.wrongUsage,
      `Nothing was done: options are missing. Give ${missing.join('; and ')}.`,
    );
}

/** The application's own `beforeRevoke`, which this program cannot know: the default export of a module. */
export const beforeRevokeOption = () =>
  new Option(
    '--before-revoke <module>',
    'a JavaScript module whose default export is the beforeRevoke of your createRowlock. Needed if it has one',
  );

export async function loadBeforeRevoke(
  path: string | undefined,
): Promise<Pick<LocksOptions, 'beforeRevoke'>> {
  if (path === undefined) return {};
  const url = pathToFileURL(resolve(path)).href;
  const loaded = await import(url).catch((error: unknown) => {
    throw new CliError(
      EXIT.wrongUsage,
      `${path} cannot be loaded: ${messageOf(error)}. Check the path of --before-revoke.`,
    );
  });
  const { default: beforeRevoke } = loaded as { default?: unknown };
  if (typeof beforeRevoke !== 'function') {
    throw new CliError(
      EXIT.wrongUsage,
      `The default export of ${path} is not a function. Export your beforeRevoke as default.`,
    );
  }
  return { beforeRevoke: beforeRevoke as NonNullable<LocksOptions['beforeRevoke']> };
}

export const jsonOption = () => new Option('--json', 'print JSON, for programs to read');

export const limitOption = (most: number) =>
  new Option('--limit <number>', `how many at most, 1 to ${most}`)
    .default(100)
    .argParser((value) => readInteger(value, 1, most));

export function readInteger(value: string, least: number, most: number): number {
  const number = Number(value);
  if (/^\d+$/.test(value) && number >= least && number <= most) return number;
  throw new InvalidArgumentError(`It is not in range. Give a whole number from ${least} to ${most}.`);
}

function readUrl(value: string): string {
  if (!/^rediss?:\/\/./.test(value) || !URL.canParse(value))
    throw new InvalidArgumentError('It is not a Redis URL. Begin it with redis:// or rediss://.');
  if (/^\/?\d*$/.test(new URL(value).pathname)) return value;
  throw new InvalidArgumentError('Its path must be the number of a database: redis://127.0.0.1:6379/0.');
}

function readNamespace(value: string): string {
  try {
    keysOf(value);
    return value;
  } catch (error) {
    throw new InvalidArgumentError(messageOf(error));
  }
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
