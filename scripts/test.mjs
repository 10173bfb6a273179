// `npm test`: makes the machine ready and runs every check and test. Its last line counts them all, and its exit code
// is 0 only if none failed and no part crashed or ran nothing.
//
//   npm test                            everything
//   npm test -- types lint              some parts: see test/parts.mjs
//   npm test -- unit path/to/file -t …  one part, the rest passed on to what runs it

import { stripVTControlCharacters } from 'node:util';
import { untilParentIsGone } from './lib/parent.mjs';
import { SetupError } from './lib/SetupError.mjs';
import { killAllGroups } from './lib/startGroup.mjs';
import { createSteps } from './lib/steps.mjs';
import { setupSteps } from './setup/setup.mjs';
import { parts } from './test/parts.mjs';
import { readArguments } from './test/readArguments.mjs';
import { lastLine, oneCheck, sum } from './test/tally.mjs';

const MAX_LINES = 80;

for (const [signal, number] of [
  ['SIGINT', 2],
  ['SIGTERM', 15],
  ['SIGHUP', 1],
]) {
  process.on(signal, () => stopAt(`Stopped by ${signal}.`, 128 + number));
}
untilParentIsGone(() => stopAt('Stopped: the process that started it is gone.', 1));

const tallies = await runAll();
const total = sum(tallies);
for (const { name, message, repeat } of total.failures) {
  console.log(`\n✗ ${name}\n${indent(message)}\n  Repeat: ${repeat}`);
}
console.log(`\n${lastLine(total)}`);
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;

async function runAll() {
  const known = parts.map(({ name }) => name);
  let chosen;
  try {
    chosen = readArguments(process.argv.slice(2), known);
  } catch (error) {
    return [oneCheck('arguments', error.message, 'npm test')];
  }
  const wanted = parts.filter(({ name }) => chosen.names.includes(name));
  try {
    const setup = setupSteps({
      redis: wanted.some(({ redis }) => redis),
      redisProgram: true,
      postgres: wanted.some(({ postgres }) => postgres),
      proxies: wanted.some(({ proxies }) => proxies),
      compiler: wanted.some(({ compiler }) => compiler),
      browser: wanted.some(({ browser }) => browser),
      spin: wanted.some(({ spin }) => spin),
    });
    const steps = createSteps(setup.length);
    for (const { title, work } of setup) await steps.run(title, work);
  } catch (error) {
    const message = error instanceof SetupError ? error.text : error.stack;
    return [oneCheck('setup', message, ['npm test --', ...process.argv.slice(2)].join(' '))];
  }

  const tallies = [];
  const summary = [];
  for (const { name, run } of wanted) {
    console.log(`\n── ${name}`);
    const startedAt = performance.now();
    const tally = await run(chosen.args, (line) => console.log(line));
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    summary.push(`${tally.failed === 0 ? '✓' : '✗'} ${name.padEnd(8)} ${lastLine(tally)} (${seconds} s)`);
    tallies.push(tally);
  }
  console.log(`\n── summary\n${summary.join('\n')}`);
  return tallies;
}

function stopAt(message, code) {
  killAllGroups();
  console.log(`\n${message}`);
  process.exit(code);
}

function indent(text = '') {
  const lines = stripVTControlCharacters(text).trimEnd().split('\n');
  const shown =
    lines.length > MAX_LINES
      ? [...lines.slice(0, MAX_LINES), `… and ${lines.length - MAX_LINES} lines more`]
      : lines;
  return shown.map((line) => `  │ ${line}`).join('\n');
}
