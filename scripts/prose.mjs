// `pnpm prose [paths…]`: shows what breaks a rule of our prose (prose/rules.mjs) in Markdown, comments, messages and
// test names. `--counts` shows the numbers by folder alone. `--update` lowers the counts of prose/notYet.txt to what is
// left. Fails if anything but a warning is found.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './lib/paths.mjs';
import { judgeFiles, proseFiles } from './prose/files.mjs';
import { formatNotYet, lowered, NOT_YET, parseNotYet } from './prose/notYet.mjs';

/** Counts are shown for folders such as `packages/server/src/locks`. */
const DEPTH = 4;

const { update, paths, quiet } = readArguments(process.argv.slice(2));
const findings = judgeFiles(proseFiles(paths));
for (const { path, line, sentence, rule, found, hint, isWarning } of update || quiet ? [] : findings) {
  console.log(
    `${path}:${line}  ${isWarning ? 'warning ' : ''}${rule}: "${found}"\n  ${sentence}\n  → ${hint}\n`,
  );
}
const failing = findings.filter(({ isWarning }) => !isWarning);
for (const [folder, count] of countsByFolder(failing)) console.log(`${String(count).padStart(6)}  ${folder}`);
console.log(`${failing.length} findings and ${findings.length - failing.length} warnings.`);

if (update) {
  const path = join(root, NOT_YET);
  const { budgets, problems } = lowered(parseNotYet(readFileSync(path, 'utf8')), failing, proseFiles([]));
  writeFileSync(path, formatNotYet(budgets));
  for (const problem of problems) console.log(problem);
  process.exitCode = problems.length === 0 ? 0 : 1;
} else {
  process.exitCode = failing.length === 0 ? 0 : 1;
}

function readArguments(args) {
  const flags = args.filter((arg) => arg.startsWith('--'));
  const unknown = flags.find((flag) => flag !== '--update' && flag !== '--counts');
  if (unknown) throw new Error(`${unknown} is no option. Use --update, --counts, or paths.`);
  const given = args.filter((arg) => !arg.startsWith('--'));
  const isUpdate = flags.includes('--update');
  if (isUpdate && given.length > 0) throw new Error('--update judges all files. Leave the paths out.');
  return { update: isUpdate, quiet: flags.includes('--counts'), paths: given };
}

function countsByFolder(all) {
  const counts = new Map();
  for (const { path } of all) {
    const folder = path.split('/').slice(0, -1).slice(0, DEPTH).join('/') || '.';
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => (a[0] < b[0] ? -1 : 1));
}
