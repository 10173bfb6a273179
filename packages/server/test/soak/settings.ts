/** The settings of a soak run, from the command line. */
import { parseArgs } from 'node:util';
import { FAULT_NAMES, type FaultName } from '../faults/locks/faults.ts';

export const USAGE = `Usage: pnpm soak locks [options]

Lets clients compete for records while holders, network, clocks and Redis fail, and judges the history of all calls.
Progress goes to stderr, the report to stdout. Exit code 0: no promise was broken. 1: a promise was broken. 2: the run
failed.

  --minutes <n>   the duration, 0.1 to 240 (default 5)
  --seed <n>      repeats the faults of a run, in the same order (default: a new seed each time)
  --clients <n>   2 to 32 (default 8). A quarter of them share one process
  --faults <all|none|names>  the faults, separated by commas (default all):
                  ${FAULT_NAMES.join(', ')}
  --json          prints the report as JSON
  --help          prints this text`;

export interface Settings {
  minutes: number;
  seed: number;
  clients: number;
  faults: readonly FaultName[];
  isJson: boolean;
}

/** The command line is wrong. The message says why, and what to write instead. */
export class UsageError extends Error {}

function numberFrom(text: string, name: string, least: number, most: number): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= least && value <= most) return value;
  throw new UsageError(`--${name} is "${text}". Give a number from ${least} to ${most}.`);
}

function faultsFrom(text: string): readonly FaultName[] {
  if (text === 'all') return FAULT_NAMES;
  if (text === 'none') return [];
  return text.split(',').map((name) => {
    const found = FAULT_NAMES.find((known) => known === name);
    if (!found)
      throw new UsageError(
        `--faults contains "${name}". Use all, none, or some of ${FAULT_NAMES.join(', ')}.`,
      );
    return found;
  });
}

/** Undefined for `--help`. @throws {UsageError} */
export function readSettings(args: string[]): Settings | undefined {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(args);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  const { values, positionals } = parsed;
  if (values.help) return undefined;
  if (positionals.length !== 1 || positionals[0] !== 'locks') {
    throw new UsageError(`Give "locks" as the only argument, not "${positionals.join(' ')}".`);
  }
  return {
    minutes: numberFrom(values.minutes, 'minutes', 0.1, 240),
    seed: Math.floor(numberFrom(values.seed ?? String(Date.now() % 1_000_000), 'seed', 0, 2 ** 31)),
    clients: Math.floor(numberFrom(values.clients, 'clients', 2, 32)),
    faults: faultsFrom(values.faults),
    isJson: values.json,
  };
}

function parse(args: string[]) {
  return parseArgs({
    args,
    allowPositionals: true,
    options: {
      minutes: { type: 'string', default: '5' },
      seed: { type: 'string' },
      clients: { type: 'string', default: '8' },
      faults: { type: 'string', default: 'all' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
}
