// `pnpm flaky`: runs test files again and again, to find those that do not always pass.
//
//   pnpm flaky packages/server/src/gateway/redisOutage.redis.test.ts --times 20
//   pnpm flaky --beside-load --times 5     all files of the parts redis, browser and e2e, beside one busy core
//
// Each run has a seed of its own for the tests that draw at random (ROWLOCK_SEED) and for Vitest. A failure is shown with its
// seed and output. The last line counts all; the exit code is 0 only if nothing failed.

import { randomInt } from 'node:crypto';
import { filesByPart } from './flaky/partOf.mjs';
import { readFlakyArguments } from './flaky/readFlakyArguments.mjs';
import { createFlakyReport } from './flaky/report.mjs';
import { testFiles } from './flaky/testFiles.mjs';
import { workspaceNode } from './lib/paths.mjs';
import { killAllGroups, startGroup } from './lib/startGroup.mjs';
import { createSteps } from './lib/steps.mjs';
import { setupSteps } from './setup/setup.mjs';
import { parts } from './test/parts.mjs';
import { lastLine } from './test/tally.mjs';

const WHOLE = ['redis', 'browser', 'e2e'];
const FOR_EVER = 'for (;;);';

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    killAllGroups();
    process.exit(1);
  });
}

let options;
try {
  options = readFlakyArguments(process.argv.slice(2));
  options.files = testFiles(options.files);
} catch (error) {
  console.error(error.message);
  process.exit(2);
}
const { files, times, besideLoad } = options;
const groups = filesByPart(files, WHOLE);
const chosen = parts.filter(({ name }) => groups.has(name));
const needs = (what) => chosen.some((part) => part[what]);
const setup = setupSteps({
  redis: needs('redis'),
  redisProgram: true,
  postgres: needs('postgres'),
  compiler: needs('compiler'),
  browser: needs('browser'),
});
const steps = createSteps(setup.length);
for (const { title, work } of setup) await steps.run(title, work);

const load = besideLoad ? startGroup(workspaceNode, ['-e', FOR_EVER]) : undefined;
const report = createFlakyReport();
for (let run = 1; run <= times; run++) {
  for (const { name, run: runPart } of chosen) await once(run, name, runPart);
}
await load?.stop({ signal: 'SIGKILL' });
console.log(`\n${report.lines(times).join('\n')}`);
process.exitCode = report.failed === 0 ? 0 : 1;

async function once(run, name, runPart) {
  const seed = randomInt(2 ** 31);
  process.env.ROWLOCK_SEED = String(seed);
  const startedAt = performance.now();
  const output = [];
  const seeded = name === 'e2e' ? [] : [`--sequence.seed=${seed}`];
  const tally = await runPart([...groups.get(name), ...seeded], (line) => output.push(line));
  report.add(tally, seed);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const mark = tally.failed === 0 ? '✓' : '✗';
  console.log(`${mark} run ${run} of ${times}, ${name}: ${lastLine(tally)} (${seconds} s, seed ${seed})`);
  if (tally.failed > 0) console.log(output.map((line) => `  │ ${line}`).join('\n'));
}
