import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from '../lib/paths.mjs';

const GROUPS = ['dependencies', 'devDependencies', 'peerDependencies'];

/** The checks of the workspace's package.json files: a name, and a function from them to the problems that it finds. */
export const hygieneChecks = [
  { name: 'one range for each dependency, in all packages', problemsOf: differingRanges },
  { name: 'packages of the workspace are asked for as workspace:^', problemsOf: foreignRanges },
  { name: 'every dependency is declared once in a package', problemsOf: declaredTwice },
  { name: 'every script starts a file that exists', problemsOf: missingScripts },
  { name: 'published packages say what a user must know', problemsOf: publishing },
];

/** All package.json files of the workspace: `{ file, json }`. */
export function readManifests(folder = root) {
  const below = (parent) =>
    readdirSync(join(folder, parent), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => `${parent}/${entry.name}`);
  const folders = ['.', ...below('packages'), ...below('apps'), 'stories', 'conformance', 'e2e'];
  return folders.map((path) => {
    const file = join(path, 'package.json');
    return { file, json: JSON.parse(readFileSync(join(folder, file), 'utf8')) };
  });
}

function differingRanges(manifests) {
  const ranges = new Map();
  for (const { file, group, name, range } of dependenciesOf(manifests)) {
    if (group === 'peerDependencies') continue; // as wide as can be, on purpose
    ranges.set(name, [...(ranges.get(name) ?? []), { file, range }]);
  }
  return [...ranges].flatMap(([name, uses]) =>
    new Set(uses.map(({ range }) => range)).size === 1
      ? []
      : [`${name}: ${uses.map(({ file, range }) => `${range} in ${file}`).join(', ')}`],
  );
}

function foreignRanges(manifests) {
  const own = new Set(manifests.map(({ json }) => json.name));
  return dependenciesOf(manifests).flatMap(({ file, name, range }) =>
    own.has(name) && range !== 'workspace:^' ? [`${file}: ${name} is ${range}`] : [],
  );
}

function declaredTwice(manifests) {
  return manifests.flatMap(({ file, json }) =>
    Object.keys(json.dependencies ?? {})
      .filter((name) => json.devDependencies?.[name] ?? json.peerDependencies?.[name])
      .map((name) => `${file}: ${name}`),
  );
}

/** A script names its file by a path from the folder of its package.json. */
function missingScripts(manifests) {
  return manifests.flatMap(({ file, json }) =>
    Object.entries(json.scripts ?? {}).flatMap(([name, command]) =>
      command
        .split(/\s+/)
        .filter(
          (word) => /^[\w.][\w./-]*\.(mjs|ts)$/.test(word) && !existsSync(join(root, dirname(file), word)),
        )
        .map((path) => `${file}: scripts.${name} starts ${path}, which does not exist`),
    ),
  );
}

function publishing(manifests) {
  return manifests.flatMap(({ file, json }) => {
    const missing = [
      'license',
      ...(json.private ? [] : ['description', 'keywords', 'engines', 'files', 'exports', 'sideEffects']),
    ].filter((key) => json[key] === undefined);
    const paths = json.private ? [] : Object.entries(json.exports ?? {});
    const incomplete = paths.filter(([, to]) => !(to.default && to['@rowlock/source'])).map(([path]) => path);
    return [
      ...missing.map((key) => `${file}: no ${key}`),
      ...incomplete.map((path) => `${file}: exports["${path}"] wants @rowlock/source and default`),
    ];
  });
}

function dependenciesOf(manifests) {
  return manifests.flatMap(({ file, json }) =>
    GROUPS.flatMap((group) =>
      Object.entries(json[group] ?? {}).map(([name, range]) => ({ file, group, name, range })),
    ),
  );
}
