// `pnpm prose [paths…]`: shows what breaks a rule of our prose (prose/rules.mjs) in Markdown, comments, messages and
// test names. `--counts` shows only the numbers by folder. Fails if anything but a warning is found.

import { judgeFiles, proseFiles } from './prose/files.mjs';

/** Counts are shown for folders such as `packages/server/src/locks`. */
const DEPTH = 4;

const { paths, isQuiet } = readArguments(process.argv.slice(2));
const findings = judgeFiles(proseFiles(paths));
for (const { path, line, sentence, rule, found, hint, isWarning } of isQuiet ? [] : findings) {
  console.log(
    `${path}:${line}  ${isWarning ? 'warning ' : ''}${rule}: "${found}"\n  ${sentence}\n  → ${hint}\n`,
  );
}
const failing = findings.filter(({ isWarning }) => !isWarning);
for (const [folder, count] of countsByFolder(failing)) console.log(`${String(count).padStart(6)}  ${folder}`);
console.log(`${failing.length} findings and ${findings.length - failing.length} warnings.`);
process.exitCode = failing.length === 0 ? 0 : 1;

function readArguments(args) {
  const flags = args.filter((arg) => arg.startsWith('--'));
  const unknown = flags.find((flag) => flag !== '--counts');
  if (unknown) throw new Error(`${unknown} is no option. Use --counts, or paths.`);
  return { isQuiet: flags.includes('--counts'), paths: args.filter((arg) => !arg.startsWith('--')) };
}

function countsByFolder(all) {
  const counts = new Map();
  for (const { path } of all) {
    const folder = path.split('/').slice(0, -1).slice(0, DEPTH).join('/') || '.';
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => (a[0] < b[0] ? -1 : 1));
}
