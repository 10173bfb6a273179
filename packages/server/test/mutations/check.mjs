// Makes deliberate mistakes in the registry's scripts, one at a time and in memory only. Fails if the contract suite
// (test/contract) does not find one.
//
//   pnpm mutations                  all, each until the first test fails
//   pnpm mutations NO_MARK --all    some, with every test that fails

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { projectEnv, root } from '../../../../scripts/lib/paths.mjs';
import { lastLines, run } from '../../../../scripts/lib/run.mjs';
import { chooseMutations, mutate, scriptOf } from './mutations.mjs';

const ALL = '--all';
const config = fileURLToPath(new URL('vitest.config.mjs', import.meta.url));

/** Resolves to the names of the tests that failed. Throws if the suite cannot run. */
async function failingTests(mutation, isAllWanted) {
  const folder = mkdtempSync(join(tmpdir(), 'rowlock-mutation-'));
  const file = join(folder, 'report.json');
  try {
    const args = ['run', '--config', config, '--reporter=json', `--outputFile=${file}`];
    if (!isAllWanted) args.push('--bail=1');
    const env = projectEnv({ ...process.env, ROWLOCK_MUTATION: mutation?.name ?? '' });
    const { code, output } = await run('vitest', args, { cwd: root, env });
    const tests = readReport(file, output).testResults.flatMap(({ assertionResults }) => assertionResults);
    const failed = tests.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName.trim());
    // If a file cannot be loaded, no test has found the mistake.
    if (failed.length === 0 && code !== 0)
      throw new Error(`The suite failed, although no test did:\n${lastLines(output)}`);
    return failed;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readReport(file, output) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    throw new Error(`The suite wrote no report:\n${lastLines(output)}`);
  }
}

/** Runs the suite on each mutation, and shows the table as it grows. Resolves to the number of mistakes not found. */
async function checkMutations(args, show) {
  const isAllWanted = args.includes(ALL);
  const chosen = chooseMutations(args.filter((arg) => arg !== ALL));
  for (const mutation of chosen) mutate(scriptOf(mutation), mutation);

  const broken = await failingTests(undefined, false);
  if (broken.length > 0) {
    throw new Error(`The suite fails without any mistake, so it can find none: ${broken.join('; ')}`);
  }
  show(row('mutation', 'seconds', 'caught by'));
  let survivors = 0;
  for (const mutation of chosen) {
    const startedAt = performance.now();
    const failed = await failingTests(mutation, isAllWanted);
    if (failed.length === 0) survivors += 1;
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    const [first = `NOTHING, though ${mutation.means}`, ...others] = failed;
    show(row(mutation.name, seconds, first));
    for (const other of others) show(row('', '', other));
  }
  show(`\n${chosen.length - survivors} of ${chosen.length} found`);
  return survivors;
}

const row = (name, seconds, test) => `${name.padEnd(21)}${seconds.padStart(8)}  ${test}`;

try {
  process.exitCode = (await checkMutations(process.argv.slice(2), (line) => console.log(line))) === 0 ? 0 : 1;
} catch (error) {
  console.log(error.message);
  process.exitCode = 1;
}
