import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { checkModel } from '../../packages/server/test/formal/check.mjs';
import { oneAtATime } from '../lib/oneAtATime.mjs';
import { projectEnv, root, stateDir, workspaceNode } from '../lib/paths.mjs';
import { run } from '../lib/run.mjs';
import { describeExit } from '../lib/startGroup.mjs';
import { wallsCommand } from '../walls/command.mjs';
import { hygieneChecks, readManifests } from './hygiene.mjs';
import { playwrightTally } from './playwrightTally.mjs';
import { oneCheck, sum, withTruth } from './tally.mjs';
import { builtChecks, hygieneTools } from './tools.mjs';
import { vitestTally } from './vitestTally.mjs';

// Tests that start servers wait more than they compute, so even two cores have room for two files. A third one makes
// processes late that others wait for.
const WORKERS = Math.max(2, availableParallelism() - 1);

/**
 * The parts of `npm test` in their order. Each has its name, its needs (`redis`, `postgres`, `proxies`, `compiler`, `browser`,
 * `spin`), and `run(args, show)`. That shows the output of the program that it runs with `args`, and resolves to a tally.
 */
export const parts = [
  {
    name: 'types',
    run: (args) => oneAtATime('types', () => check('types', ['tsc', '-b', ...args])),
  },
  {
    name: 'lint',
    run: lint,
  },
  { name: 'walls', run: walls },
  { name: 'hygiene', run: hygiene },
  { name: 'prose', run: prose },
  { name: 'build', run: () => oneAtATime('types', build) },
  { name: 'model', spin: true, compiler: true, run: model },
  vitest('unit', ['protocol', 'server', 'bench', 'scripts', 'react-unit']),
  vitest('redis', ['test-utils', 'server-redis', 'conformance', 'scripts-redis', 'demo'], {
    redis: true,
    proxies: true,
    compiler: true,
  }),
  // The bench's systems are PostgreSQL among others.
  vitest('postgres', ['postgres', 'bench-redis'], { redis: true, postgres: true }),
  vitest('browser', ['react-browser', 'react-18.3', 'react-19.0', 'react-compiled', 'bench-browser'], {
    browser: true,
  }),
  vitest('stories', ['storybook', 'storybook-built'], { browser: true }),
  { name: 'e2e', redis: true, browser: true, run: playwright },
];

/** A static check is one test. Its output is of interest only if it fails. */
async function check(name, [command, ...args], { part = name, advice = '' } = {}) {
  const { output, ...exit } = await run(command, args, { cwd: root, env: testEnv() });
  const how = describeExit(exit);
  const problem = how === 'exit code 0' ? undefined : `${output}\n${how}\n${advice}`.trim();
  return oneCheck(name, problem, `npm test -- ${part}`);
}

/** A check that gives a list of problems is one test, which passes if the list is empty. */
const listCheck = (name, problems, part) =>
  oneCheck(name, problems.length ? problems.join('\n') : undefined, `npm test -- ${part}`);

/** Biome for all files. ESLint knows the rules of React and of its compiler. */
async function lint(args) {
  const biome = ['biome', 'check', '--error-on-warnings', '--max-diagnostics=50', ...args];
  const react = ['eslint', '--max-warnings=0', 'packages/react/src', 'stories/src', 'apps/demo/src/web'];
  return sum([await check('lint', biome), await check('lint: rules of React', react, { part: 'lint' })]);
}

/** Imports through walls and cycles of files are one check, cycles of folders another, long files and functions a third. */
async function walls(args) {
  // Imported here: it needs packages, which the first step of `npm test` installs.
  const { folderProblems } = await import('../walls/folders.mjs');
  const { sizeProblems } = await import('../walls/sizes.mjs');
  return sum([
    await check('walls', [...wallsCommand, ...args]),
    listCheck('walls: folders', folderProblems(root), 'walls'),
    listCheck('walls: sizes', sizeProblems(root), 'walls'),
  ]);
}

async function hygiene() {
  const manifests = readManifests();
  const tools = await Promise.all(
    hygieneTools.map(({ name, command, advice }) =>
      check(`hygiene: ${name}`, command, { part: 'hygiene', advice }),
    ),
  );
  return sum([
    ...tools,
    ...hygieneChecks.map(({ name, problemsOf }) =>
      listCheck(`hygiene: ${name}`, problemsOf(manifests), 'hygiene'),
    ),
  ]);
}

/** Builds the packages, and then checks what was built. */
async function build() {
  const built = await check('build', [workspaceNode, 'scripts/test/builtPackages.mjs']);
  if (built.failed > 0) return built;
  const checks = await Promise.all(
    builtChecks.map(({ name, script, advice }) =>
      check(`build: ${name}`, [workspaceNode, ...script], { part: 'build', advice }),
    ),
  );
  return sum([built, ...checks]);
}

/** The prose of all files is one check. Its message has a line for each finding. */
async function prose() {
  const { proseProblems } = await import('../prose/check.mjs');
  return listCheck('prose', proseProblems(), 'prose');
}

/** Each variant of the lease protocol's model is one test. */
async function model(args, show) {
  try {
    const outcomes = await checkModel(args, show);
    return sum(
      outcomes.map(({ variant: { name, property }, problem }) =>
        oneCheck(`model: ${name}, ${property}`, problem, `npm test -- model ${property} --trail`),
      ),
    );
  } catch (error) {
    return oneCheck('model: the run itself', error.message, 'npm test -- model');
  }
}

function vitest(name, projects, needs = {}) {
  return {
    name,
    ...needs,
    async run(args, show) {
      const report = reportFile(name);
      const exit = await run(
        'vitest',
        [
          'run',
          ...projects.flatMap((project) => ['--project', project]),
          `--maxWorkers=${WORKERS}`,
          '--reporter=default',
          '--reporter=json',
          `--outputFile.json=${report}`,
          ...args,
        ],
        { cwd: root, env: testEnv(), onLine: show },
      );
      return judged(name, exit, report, vitestTally);
    },
  };
}

async function playwright(args, show) {
  const report = reportFile('e2e');
  const exit = await run('node_modules/.bin/playwright', ['test', '--reporter=list,json', ...args], {
    cwd: join(root, 'e2e'),
    // Playwright sets FORCE_COLOR for its workers, and Node warns of that where NO_COLOR is set.
    env: {
      ...testEnv(),
      NO_COLOR: undefined,
      FORCE_COLOR: '0',
      PLAYWRIGHT_JSON_OUTPUT_FILE: report,
      // Our packages by their sources: this part alone must run in a clone in which nothing is built.
      NODE_OPTIONS: '--conditions=@rowlock/source',
    },
    onLine: show,
  });
  return judged('e2e', exit, report, playwrightTally);
}

function judged(part, exit, reportPath, tallyOf) {
  const how = describeExit(exit);
  const repeat = `npm test -- ${part}`;
  let report;
  try {
    report = JSON.parse(readFileSync(reportPath, 'utf8'));
  } catch {
    return oneCheck(`${part}: the run itself`, `it ended with ${how} and left no report`, repeat);
  }
  rmSync(reportPath, { force: true });
  return withTruth(tallyOf(report, { part }), { part, exit: how, repeat });
}

/** A file of this run alone. */
function reportFile(part) {
  const folder = join(stateDir, 'test');
  mkdirSync(folder, { recursive: true });
  return join(folder, `${part}-${process.pid}.json`);
}

function testEnv() {
  return { ...projectEnv(), CI: 'true', NO_COLOR: '1', FORCE_COLOR: undefined };
}
