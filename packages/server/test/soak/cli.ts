/** `pnpm soak locks`: puts the lock registry under random faults for as long as you like, and reports the result. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emptyReport, inWords, withRound } from './report.ts';
import { type Round, runRound } from './round.ts';
import { readSettings, type Settings, USAGE, UsageError } from './settings.ts';

const ROUND_MS = 25_000;

const say = (line: string) => process.stderr.write(`${line}\n`);

async function keepHistory({ seed, history }: Round): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'rowlock-soak-')), `round-${seed}.jsonl`);
  await writeFile(file, history.map((operation) => `${JSON.stringify(operation)}\n`).join(''));
  return file;
}

/** Extra time for the start of a round, for its judgement, and for clients that do not stop. */
const OVERTIME_MS = 90_000;

async function soakLocks({ minutes, seed, clients, faults, isJson }: Settings): Promise<number> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      say(`${signal}: this round ends and is judged. Send the signal again to stop at once.`);
      stop.abort();
      process.once(signal, () => process.exit(130));
    });
  }
  const giveUp = () => {
    say('The run does not end in time, so it is stopped without a report.');
    process.exit(2);
  };
  setTimeout(giveUp, minutes * 60_000 + OVERTIME_MS).unref();
  const beganMs = performance.now();
  const leftMs = () => minutes * 60_000 - (performance.now() - beganMs);
  let report = emptyReport(seed, clients);
  // The first round always runs. A later round of a few seconds would show nothing.
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
// A stuck client keeps its connection open, which would keep this process alive.
process.exit();
