/** The settings of `pnpm soak live`, from the command line. */
import { parseArgs } from 'node:util';
import type { PlanSize } from './plan.ts';

export const USAGE = `Usage: pnpm soak live [options]

Lets tabs, tasks and the application change records over two gateways, while networks, gateways, Redis and its change log fail.
After each fault the view of every tab must equal the registry, and a tab that is not sure must say so (P9).
Progress goes to stderr, the report to stdout. Exit code 0: all views converged. 1: one did not. 2: the run failed.

  --minutes <n>   begins no further round after this time, 0.1 to 240 (default 5)
  --seed <n>      the seed of the first round; each round has the next one (default: a new seed each time)
  --rounds <n>    the most rounds, 1 to 100,000 (default: as many as fit)
  --episodes <n>  faults in a round, 1 to 1,000 (default 20)
  --tabs <n>      tabs at the begin of a round, 2 to 8 (default 6)
  --help          prints this text`;

export interface Settings extends PlanSize {
  minutes: number;
  seed: number;
  rounds: number;
}

/** The command line is wrong. The message says why, and what to write instead. */
export class UsageError extends Error {}

/** Undefined for `--help`. @throws {UsageError} */
export function readSettings(args: string[]): Settings | undefined {
  let values: ReturnType<typeof parse>;
  try {
    values = parse(args);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  if (values.help) return undefined;
  return {
    minutes: numberFrom(values.minutes, 'minutes', 0.1, 240),
    seed: Math.floor(numberFrom(values.seed ?? String(Date.now() % 1_000_000), 'seed', 0, 2 ** 31)),
    rounds: Math.floor(numberFrom(values.rounds, 'rounds', 1, 100_000)),
    episodes: Math.floor(numberFrom(values.episodes, 'episodes', 1, 1_000)),
    tabs: Math.floor(numberFrom(values.tabs, 'tabs', 2, 8)),
  };
}

function numberFrom(text: string, name: string, least: number, most: number): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= least && value <= most) return value;
  throw new UsageError(`--${name} is "${text}". Give a number from ${least} to ${most}.`);
}

const parse = (args: string[]) =>
  parseArgs({
    args,
    options: {
      minutes: { type: 'string', default: '5' },
      seed: { type: 'string' },
      rounds: { type: 'string', default: '100000' },
      episodes: { type: 'string', default: '20' },
      tabs: { type: 'string', default: '6' },
      help: { type: 'boolean', default: false },
    },
  }).values;
