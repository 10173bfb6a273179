import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from 'oxc-parser';

export const MAX_FILE_LINES = 300;
export const MAX_FUNCTION_LINES = 80;

const CODE = /\.(ts|tsx|mjs|css|lua)$/;
const HAS_FUNCTIONS = /\.(ts|tsx|mjs)$/;
/** Tests, stories and behaviours are lists: the file is limited, the `describe` around it is not. */
const IS_LIST = /\.(test|spec|model|stories|behaviours)\./;
/** A file that is too long on purpose says so in its first line, with the reason. */
const EXCUSE = /^(?:\/\/|--|\/\*\*?) Long on purpose: \S/;

/** A line for each file and function of the repository that is too long, and whose file does not say why. */
export function sizeProblems(root) {
  return execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' })
    .split('\n')
    .filter((file) => CODE.test(file) && existsSync(join(root, file)))
    .flatMap((file) => problemsOf(file, readFileSync(join(root, file), 'utf8')));
}

/** The problems of one file: `path: what is too long`. */
export function problemsOf(file, text) {
  if (EXCUSE.test(text)) return [];
  const lines = text.split('\n').length - 1;
  const tooLong = lines > MAX_FILE_LINES ? [`${file}: ${lines} lines, at most ${MAX_FILE_LINES}`] : [];
  if (!HAS_FUNCTIONS.test(file) || IS_LIST.test(file)) return tooLong;
  const functions = functionsOf(parseSync(file, text).program)
    .map(({ name, start, end }) => ({ name, lines: text.slice(start, end).split('\n').length }))
    .filter(({ lines }) => lines > MAX_FUNCTION_LINES)
    .map(({ name, lines }) => `${file}: ${name} has ${lines} lines, at most ${MAX_FUNCTION_LINES}`);
  return [...tooLong, ...functions];
}

/** All functions below a node, also those inside of others. A function without a name has that of what holds it. */
function functionsOf(node, holder = 'a function') {
  if (Array.isArray(node)) return node.flatMap((each) => functionsOf(each, holder));
  if (node === null || typeof node !== 'object') return [];
  const name = node.id?.name ?? node.key?.name ?? holder;
  const own =
    /^(ArrowFunction|Function)(Expression|Declaration)$/.test(node.type) && node.body
      ? [{ ...node, name }]
      : [];
  return [...own, ...Object.values(node).flatMap((child) => functionsOf(child, name))];
}
