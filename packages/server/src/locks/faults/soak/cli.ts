/** `pnpm soak locks`: the lock registry under random faults, for as long as one likes, and a report of what came of it. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { FAULT_NAMES, type FaultName } from '../faults.ts';
import { emptyReport, inWords, withRound } from './report.ts';
import { type Round, runRound } from './round.ts';

const USAGE = `Usage: pnpm soak locks [options]

Lets clients fight for records while holders, network, clocks and Redis fail, and judges all that they have seen.
Progress goes to stderr, the report to stdout. Exit code 0: no promise was broken. 1: one was. 2: it could not run.

  --minutes <n>   how long, up to 240 (default 5); halves are allowed
  --seed <n>      the same faults in the same order again (default: another each time)
  --clients <n>   2 to 32 (default 8), a quarter of them in one process
  --faults <all|none|names>  which, separated by commas (default all):
                  ${FAULT_NAMES.join(', ')}
  --json          the report as JSON
  --help`;

const ROUND_MS = 25_000;

interface Settings {
  minutes: number;
  seed: number;
  clients: number;
  faults: readonly FaultName[];
  isJson: boolean;
}

class UsageError extends Error {}

function numberFrom(text: string, name: string, least: number, most: number): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= least && value <= most) return value;
  throw new UsageError(`--${name} is "${text}"; it must be a number from ${least} to ${most}.`);
}

function faultsFrom(text: string): readonly FaultName[] {
  if (text === 'all') return FAULT_NAMES;
  if (text === 'none') return [];
  return text.split(',').map((name) => {
    const found = FAULT_NAMES.find((known) => known === name);
    if (!found) throw new UsageError(`--faults: "${name}" is none of ${FAULT_NAMES.join(', ')}.`);
    return found;
  });
}

/** Undefined where help is asked for. @throws {UsageError} */
function readSettings(args: string[]): Settings | undefined {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(args);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  const { values, positionals } = parsed;
  if (values.help) return undefined;
  if (positionals.length !== 1 || positionals[0] !== 'locks') {
    throw new UsageError(`What is to be soaked? "locks" can be; "${positionals.join(' ')}" was given.`);
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

const say = (line: string) => process.stderr.write(`${line}\n`);

async function keepHistory({ seed, history }: Round): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'rowlock-soak-')), `round-${seed}.jsonl`);
  await writeFile(file, history.map((operation) => `${JSON.stringify(operation)}\n`).join(''));
  return file;
}

async function soakLocks({ minutes, seed, clients, faults, isJson }: Settings): Promise<number> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      say(`${signal}: this round ends, and is judged.`);
      stop.abort();
    });
  }
  const beganMs = performance.now();
  const leftMs = () => minutes * 60_000 - (performance.now() - beganMs);
  let report = emptyReport(seed, clients);
  // The first round always runs; a rest of a few seconds would show nothing.
  for (let number = 1; !stop.signal.aborted && (number === 1 || leftMs() > 5_000); number++) {
    const lengthMs = Math.max(2_000, Math.min(ROUND_MS, leftMs()));
    say(`round ${number}, ${Math.ceil(leftMs() / 1_000)} s left`);
    const round = await runRound({ seed: seed + number - 1, clients, faults, lengthMs, say }, stop.signal);
    const file = round.violations.length > 0 ? await keepHistory(round) : '';
    report = { ...withRound(report, round, file), seconds: (performance.now() - beganMs) / 1_000 };
    say(
      `  appendonly ${round.appendonly}: ${round.history.length} entries, ${round.violations.length} violations`,
    );
  }
  process.stdout.write(`${isJson ? JSON.stringify(report, null, 2) : inWords(report)}\n`);
  return report.violations.length === 0 ? 0 : 1;
}

try {
  const settings = readSettings(process.argv.slice(2));
  if (settings) process.exitCode = await soakLocks(settings);
  else process.stdout.write(`${USAGE}\n`);
} catch (error) {
  say(error instanceof UsageError ? `${error.message}\n\n${USAGE}` : String((error as Error).stack));
  process.exitCode = 2;
}
