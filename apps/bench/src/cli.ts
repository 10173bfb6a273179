import { Command, InvalidArgumentError } from 'commander';
import { benchLocks } from './benchLocks.ts';
import { missed, table } from './report.ts';

// Progress goes to stderr, so that stdout is the result alone.
const say = (line: string) => process.stderr.write(`${line}\n`);

const program = new Command('bench').description(
  'Measures Rowlock against its peers and against what Redis itself takes.',
);

program
  .command('locks')
  .description('acquire, renew and release of many records: Rowlock, redlock, and raw reads and writes')
  .option('--json', 'print JSON instead of a table')
  .option(
    '--sizes <numbers>',
    'how many records at once, separated by commas',
    wholeNumbers,
    [1, 100, 10_000],
  )
  .option('--rounds <number>', 'rounds at each size (default: enough for steady medians)', wholeNumber)
  .option('--check', 'fail where the bar at 10,000 records is missed')
  .action(async (options: { json?: true; sizes: number[]; rounds?: number; check?: true }) => {
    const { sizes, rounds } = options;
    const result = await benchLocks({ sizes, say, ...(rounds !== undefined && { rounds }) });
    process.stdout.write(`${options.json ? JSON.stringify(result, null, 2) : table(result)}\n`);
    if (!options.check) return;
    for (const miss of missed(result)) {
      say(`Missed: ${miss}`);
      process.exitCode = 1;
    }
  });

await program.parseAsync();

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError(`"${text}" is no whole number from 1.`);
  return value;
}

function wholeNumbers(text: string): number[] {
  return text.split(',').map(wholeNumber);
}
