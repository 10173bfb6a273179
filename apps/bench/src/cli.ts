import { readFile, writeFile } from 'node:fs/promises';
import { Command, InvalidArgumentError, Option } from 'commander';
import { benchLocks } from './benchLocks.ts';
import { CASES, type Case } from './cases/cases.ts';
import { benchFencing, FENCING_PLAN } from './fencing/benchFencing.ts';
import { fencingTable } from './fencing/fencingTable.ts';
import { planOf } from './plan.ts';
import { type BarResult, inWords, judge } from './report/bars.ts';
import { replaceResults } from './report/readme.ts';
import { tables } from './report/tables.ts';
import { benchTasks, QUICK_TASK_PLAN, TASK_PLAN } from './tasks/benchTasks.ts';
import { judgeTasks } from './tasks/taskBars.ts';
import { taskTables } from './tasks/taskTables.ts';

/** No run may take longer, whatever happens: what it started ends with this process. */
const LIMIT_MS = 20 * 60_000;
const README = new URL('../README.md', import.meta.url);

interface Options {
  json?: true;
  check?: true;
  quick?: true;
  readme?: true;
  sizes?: number[];
  rounds?: number;
  only?: Case[];
}

// Progress goes to stderr, so that stdout is the result alone.
const say = (line: string) => process.stderr.write(`${line}\n`);

const program = new Command('bench').description(
  'Measures Rowlock against its peers and against what Redis itself takes.',
);

program
  .command('locks')
  .description('the lock registry beside other locks and raw Redis, and the bars that it is judged by')
  .option('--json', 'print JSON instead of tables')
  .option('--check', 'fail where a bar is missed, and say which')
  .option('--quick', 'a run of well under a minute, to see that all works: its numbers are rough')
  .option('--sizes <numbers>', 'how many records at once, separated by commas', wholeNumbers)
  .option('--rounds <number>', 'rounds of everything (default: enough for steady medians)', wholeNumber)
  .addOption(new Option('--only <cases>', `some of ${CASES.join(', ')}`).argParser(someCases))
  .option('--readme', 'put the tables into the README as well')
  .action(async ({ json, check, quick, readme, sizes, rounds, only = [...CASES] }: Options) => {
    limitTime();
    const report = await benchLocks({ plan: planOf({ sizes, rounds, isQuick: quick }), cases: only, say });
    const bars = judge(report, only);
    const text = tables(report, bars);
    process.stdout.write(`${json ? JSON.stringify({ ...report, bars }, null, 2) : text}\n`);
    if (readme) await writeFile(README, replaceResults(await readFile(README, 'utf8'), 'locks', text));
    if (check) failWhereMissed(bars);
  });

program
  .command('tasks')
  .description(
    'launching tasks, reporting their progress and completing them beside BullMQ with redlock, and the bars',
  )
  .option('--json', 'print JSON instead of tables')
  .option('--check', 'fail where a bar is missed, and say which')
  .option('--quick', 'a run of well under a minute, to see that all works: its numbers are rough')
  .option('--readme', 'put the tables into the README as well')
  .action(async ({ json, check, quick, readme }: Options) => {
    limitTime();
    const report = await benchTasks(quick ? QUICK_TASK_PLAN : TASK_PLAN, say);
    const bars = judgeTasks(report);
    const text = taskTables(report, bars);
    process.stdout.write(`${json ? JSON.stringify({ ...report, bars }, null, 2) : text}\n`);
    if (readme) await writeFile(README, replaceResults(await readFile(README, 'utf8'), 'tasks', text));
    if (check) failWhereMissed(bars);
  });

program
  .command('fencing')
  .description("what fencing in the application's database costs, on SQLite and PostgreSQL")
  .option('--json', 'print JSON instead of a table')
  .option('--rounds <number>', 'rounds of everything (default: enough for steady medians)', wholeNumber)
  .action(async ({ json, rounds = FENCING_PLAN.rounds }: Pick<Options, 'json' | 'rounds'>) => {
    const results = await benchFencing({ ...FENCING_PLAN, rounds }, say);
    process.stdout.write(`${json ? JSON.stringify(results, null, 2) : fencingTable(results)}\n`);
  });

await program.parseAsync();

function limitTime(): void {
  setTimeout(() => {
    say(`The run has taken longer than ${LIMIT_MS / 60_000} minutes and is given up.`);
    process.exit(1);
  }, LIMIT_MS).unref();
}

function failWhereMissed(bars: readonly BarResult[]): void {
  for (const bar of bars.filter(({ isMet }) => !isMet)) {
    say(`Missed: ${inWords(bar)}`);
    process.exitCode = 1;
  }
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError(`"${text}" is no whole number from 1.`);
  return value;
}

function wholeNumbers(text: string): number[] {
  return text.split(',').map(wholeNumber);
}

function someCases(text: string): Case[] {
  return text.split(',').map((name) => {
    const found = CASES.find((one) => one === name);
    if (!found) throw new InvalidArgumentError(`"${name}" is none of ${CASES.join(', ')}.`);
    return found;
  });
}
