// Searches every variant of the protocol's model, and fails if a result is not the expected one.
//
//   node test/formal/check.mjs                       all
//   node test/formal/check.mjs noLostUpdate --trail  some, with the counterexamples in words
//   node test/formal/check.mjs NO_SEAL --trail       one mistake

import { fileURLToPath } from 'node:url';
import { findProgram } from '../../../../scripts/lib/findProgram.mjs';
import { createChecker } from './checker.mjs';
import { chooseVariants, properties } from './variants.mjs';

const TRAIL = '--trail';

/**
 * Searches the variants that the arguments name, and shows the table as it grows. Resolves to `{ variant, problem }` for
 * each. `problem` is undefined if the result is the expected one. Throws if an argument is unknown or a program is missing.
 */
export async function checkModel(args, show) {
  const isTrailWanted = args.includes(TRAIL);
  const chosen = chooseVariants(args.filter((arg) => arg !== TRAIL));
  const checker = createChecker(findPrograms());
  const outcomes = [];
  show(row('variant', 'property', 'expected', 'found', 'states', 'seconds'));
  try {
    for (const variant of chosen) {
      const startedAt = performance.now();
      const result = await checker.search(variant);
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
      const { name, property, expected } = variant;
      show(row(name, property, expected, result.found, result.states, seconds));
      if (isTrailWanted) for (const line of story(variant, result)) show(line);
      outcomes.push({ variant, problem: problemOf(variant, result) });
    }
  } finally {
    checker.close();
  }
  return outcomes;
}

function findPrograms() {
  const spin = findProgram(['spin']);
  const compiler = findProgram(['cc', 'gcc', 'clang']);
  if (spin !== undefined && compiler !== undefined) return { spin, compiler };
  const missing = spin === undefined ? 'spin' : 'a C compiler';
  throw new Error(
    `The model needs ${missing}, which is not on the PATH. Run "npm test -- model" to install it.`,
  );
}

function problemOf(variant, result) {
  if (result.found === variant.expected) return undefined;
  const expectation =
    variant.expected === 'none'
      ? `Expected of every run: ${properties[variant.property]}.`
      : `Expected a run that shows the mistake: ${variant.means}.`;
  const finding = result.found === 'none' ? 'No run shows it.' : `Found (${result.found}): ${result.what}`;
  return [expectation, finding, ...numbered(result.trail)].join('\n');
}

function story({ means, property }, { trail }) {
  if (trail.length === 0) return [];
  return ['', `  The mistake: ${means}.`, `  Refuted: ${properties[property]}.`, ...numbered(trail), ''];
}

const numbered = (trail) => trail.map((line, i) => `  ${String(i + 1).padStart(2)}. ${line}`);

function row(name, property, expected, found, states, seconds) {
  const left = [name.padEnd(21), property.padEnd(16), expected.padEnd(8), found.padEnd(10)];
  return [...left, String(states).padStart(9), String(seconds).padStart(7)].join('  ');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    const outcomes = await checkModel(process.argv.slice(2), (line) => console.log(line));
    const wrong = outcomes.filter(({ problem }) => problem !== undefined);
    for (const { variant, problem } of wrong)
      console.log(`\n✗ ${variant.name}, ${variant.property}\n${problem}`);
    console.log(`\n${outcomes.length - wrong.length} as expected, ${wrong.length} not`);
    process.exitCode = wrong.length === 0 ? 0 : 1;
  } catch (error) {
    console.log(error.message);
    process.exitCode = 1;
  }
}
