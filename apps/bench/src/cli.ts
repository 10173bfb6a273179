import { readFile, writeFile } from 'node:fs/promises';
import { Command, InvalidArgumentError, Option } from 'commander';
import { benchLocks } from './benchLocks.ts';
import { CASES, type Case } from './cases/cases.ts';
import { benchFencing, FENCING_PLAN } from './fencing/benchFencing.ts';
import { fencingTable } from './fencing/fencingTable.ts';
import { benchLive } from './live/benchLive.ts';
import { judgeLive } from './live/liveBars.ts';
import { LIVE_CASES, LIVE_PLAN, type LiveCase, QUICK_LIVE_PLAN } from './live/livePlan.ts';
import { liveTables } from './live/liveTables.ts';
import { createPlan } from './plan.ts';
import { benchReact } from './react/benchReact.ts';
import { judgeReact } from './react/reactBars.ts';
import { QUICK_REACT_PLAN, REACT_PLAN } from './react/reactPlan.ts';
import { reactTables } from './react/reactTables.ts';
import { type BarResult, describeBar, judge } from './report/bars.ts';
import { type Results, replaceResults } from './report/readme.ts';
import { tables } from './report/tables.ts';
import { benchTasks, QUICK_TASK_PLAN, TASK_PLAN } from './tasks/benchTasks.ts';
import { judgeTasks } from './tasks/taskBars.ts';
import { taskTables } from './tasks/taskTables.ts';

/** The longest time of a run. The servers that it started end with this process. */
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

interface LiveOptions extends Pick<Options, 'json' | 'check' | 'quick' | 'readme'> {
  only?: LiveCase[];
}

// Progress goes to stderr, so that stdout contains only the result.
const say = (line: string) => process.stderr.write(`${line}\n`);

const program = new Command('bench').description(
  'Compares Rowlock with other lock libraries and with bare Redis.',
);

program
  .command('locks')
  .description('compare the lock registry with other locks and bare Redis, and check its bars')
  .option('--json', 'print JSON instead of tables')
  .option('--check', 'exit with 1 if a bar is missed, and name it')
  .option('--quick', 'finish in well under a minute, with rough numbers')
  .option('--sizes <numbers>', 'numbers of records in a lease, separated by commas', wholeNumbers)
  .option('--rounds <number>', 'rounds of each part (default: enough for steady medians)', wholeNumber)
  .addOption(new Option('--only <cases>', `some of ${CASES.join(', ')}`).argParser(someOf(CASES)))
  .option('--readme', 'also write the tables into the README')
  .action(async ({ json, check, quick, readme, sizes, rounds, only = [...CASES] }: Options) => {
    limitTime();
    const report = await benchLocks({
      plan: createPlan({ sizes, rounds, isQuick: quick }),
      cases: only,
      say,
    });
    const bars = judge(report, only);
    const text = tables(report, bars);
    await finish('locks', { json, check, readme }, { report, bars, text });
  });

program
  .command('tasks')
  .description(
    'compare launching, progress and throughput of tasks with BullMQ and redlock, and check the bars',
  )
  .option('--json', 'print JSON instead of tables')
  .option('--check', 'exit with 1 if a bar is missed, and name it')
  .option('--quick', 'finish in well under a minute, with rough numbers')
  .option('--readme', 'also write the tables into the README')
  .action(async ({ json, check, quick, readme }: Options) => {
    limitTime();
    const report = await benchTasks(quick ? QUICK_TASK_PLAN : TASK_PLAN, say);
    const bars = judgeTasks(report);
    const text = taskTables(report, bars);
    await finish('tasks', { json, check, readme }, { report, bars, text });
  });

program
  .command('live')
  .description('compare the live channel with bare Socket.IO and with polling, and check the bars')
  .option('--json', 'print JSON instead of tables')
  .option('--check', 'exit with 1 if a bar is missed, and name it')
  .option('--quick', 'finish in about two minutes, with fewer screens and rough numbers')
  .addOption(new Option('--only <cases>', `some of ${LIVE_CASES.join(', ')}`).argParser(someOf(LIVE_CASES)))
  .option('--readme', 'also write the tables into the README')
  .action(async ({ json, check, quick, readme, only = [...LIVE_CASES] }: LiveOptions) => {
    limitTime();
    const report = await benchLive({ plan: quick ? QUICK_LIVE_PLAN : LIVE_PLAN, cases: only, say });
    const bars = judgeLive(report, only);
    await finish('live', { json, check, readme }, { report, bars, text: liveTables(report, bars) });
  });

program
  .command('react')
  .description('measure in Chromium what the React kit renders and costs, and check the bars')
  .option('--json', 'print JSON instead of tables')
  .option('--check', 'exit with 1 if a bar is missed, and name it')
  .option('--quick', 'finish in half the time, with rough numbers')
  .option('--readme', 'also write the tables into the README')
  .action(async ({ json, check, quick, readme }: Options) => {
    limitTime();
    const report = await benchReact(quick ? QUICK_REACT_PLAN : REACT_PLAN, say);
    const bars = judgeReact(report);
    await finish('react', { json, check, readme }, { report, bars, text: reactTables(report, bars) });
  });

program
  .command('fencing')
  .description("measure the cost of fencing in the application's database, on SQLite and PostgreSQL")
  .option('--json', 'print JSON instead of a table')
  .option('--rounds <number>', 'rounds of each part (default: enough for steady medians)', wholeNumber)
  .action(async ({ json, rounds = FENCING_PLAN.rounds }: Pick<Options, 'json' | 'rounds'>) => {
    const results = await benchFencing({ ...FENCING_PLAN, rounds }, say);
    process.stdout.write(`${json ? JSON.stringify(results, null, 2) : fencingTable(results)}\n`);
  });

await program.parseAsync();

function limitTime(): void {
  setTimeout(() => {
    say(`Stopped: the run took longer than ${LIMIT_MS / 60_000} minutes. Run fewer cases, or use --quick.`);
    process.exit(1);
  }, LIMIT_MS).unref();
}

async function finish(
  of: Results,
  { json, check, readme }: Pick<Options, 'json' | 'check' | 'readme'>,
  { report, bars, text }: { report: object; bars: readonly BarResult[]; text: string },
): Promise<void> {
  process.stdout.write(`${json ? JSON.stringify({ ...report, bars }, null, 2) : text}\n`);
  if (readme) await writeFile(README, replaceResults(await readFile(README, 'utf8'), of, text));
  if (check) failIfMissed(bars);
}

function failIfMissed(bars: readonly BarResult[]): void {
  for (const bar of bars.filter(({ isMet }) => !isMet)) {
    say(`Missed: ${describeBar(bar)}`);
    process.exitCode = 1;
  }
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError(`"${text}" is not a whole number. Use 1 or more.`);
  return value;
}

function wholeNumbers(text: string): number[] {
  return text.split(',').map(wholeNumber);
}

function someOf<C extends string>(cases: readonly C[]): (text: string) => C[] {
  return (text) =>
    text.split(',').map((name) => {
      const found = cases.find((one) => one === name);
      if (!found)
        throw new InvalidArgumentError(`There is no case "${name}". Use some of ${cases.join(', ')}.`);
      return found;
    });
}
