import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { parseSync } from 'oxc-parser';

const CODE = /\.(ts|tsx)$/;
const NOT_CODE = /\.(test|stories)\.tsx?$|\.d\.ts$/;

/**
 * Cycles between the folders of a source tree, also by imports of types. At each level of the tree, the folders and files
 * of one folder must have an order: `a/x.ts` imports from `b`, so no file in `b` may import from `a`. Cycles of files
 * alone are left to Biome. Each cycle names one import for each step:
 *
 *   [{ folder: 'src', steps: [{ from: 'a', to: 'b', example: 'a/x.ts imports b/y.ts' }, …] }]
 */
export function folderCycles(root) {
  const imports = codeFiles(root).flatMap((file) =>
    importsOf(file).map((imported) => [relative(root, file), relative(root, imported)]),
  );
  return levelCycles(imports, '');
}

function codeFiles(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return codeFiles(path);
    return CODE.test(entry.name) && !NOT_CODE.test(entry.name) ? [path] : [];
  });
}

/** The files that a file imports or exports by a relative path. */
function importsOf(file) {
  const { program } = parseSync(file, readFileSync(file, 'utf8'));
  return program.body
    .map(({ source }) => source?.value)
    .filter((path) => path?.startsWith('.') && CODE.test(path))
    .map((path) => resolve(dirname(file), path));
}

/** The cycles of one folder and of all below it. `imports` holds pairs of paths from that folder. */
function levelCycles(imports, folder) {
  const edges = new Map();
  const within = new Map();
  for (const [from, to] of imports) {
    const [a, ...restOfA] = from.split(sep);
    const [b, ...restOfB] = to.split(sep);
    if (a === '..' || b === '..') continue;
    if (a !== b) {
      if (!edges.has(a)) edges.set(a, new Map());
      if (!edges.get(a).has(b)) edges.get(a).set(b, `${from} imports ${to}`);
    } else if (restOfA.length > 0) {
      within.set(a, [...(within.get(a) ?? []), [restOfA.join(sep), restOfB.join(sep)]]);
    }
  }
  const own = cyclesOf(edges)
    .filter((names) => names.some((name) => !CODE.test(name)))
    .map((names) => ({ folder, steps: stepsOf(names, edges) }));
  return [...own, ...[...within].flatMap(([name, pairs]) => levelCycles(pairs, join(folder, name)))];
}

/** One cycle, the shortest, for each group of names that reach each other. */
function cyclesOf(edges) {
  const cycles = [];
  const seen = new Set();
  for (const start of [...edges.keys()].sort()) {
    if (seen.has(start)) continue;
    const cycle = shortestCycle(start, edges);
    if (!cycle) continue;
    for (const name of cycle) seen.add(name);
    cycles.push(cycle);
  }
  return cycles;
}

function shortestCycle(start, edges) {
  const paths = [[start]];
  const visited = new Set();
  for (const path of paths) {
    for (const next of edges.get(path.at(-1))?.keys() ?? []) {
      if (next === start) return path;
      if (visited.has(next)) continue;
      visited.add(next);
      paths.push([...path, next]);
    }
  }
  return undefined;
}

const stepsOf = (names, edges) =>
  names.map((from, i) => {
    const to = names[(i + 1) % names.length];
    return { from, to, example: edges.get(from).get(to) };
  });

/** A cycle in words, its imports below each other. */
export const cycleInWords = ({ folder, steps }) =>
  [
    `${folder || 'The source folder'}: ${[...steps.map(({ from }) => from), steps[0].from].join(' → ')}`,
    ...steps.map(({ example }) => `    ${example}`),
  ].join('\n');
