import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkPackage, Package } from '@arethetypeswrong/core';
import { readManifest, typedEntries } from './publishedPackages.mjs';

/** Ways to resolve that our packages do not support: they are ES modules and use `exports`. */
const UNSUPPORTED = ['node10', 'node16-cjs'];

/** Checks the files that npm would publish: whether each entry's types are found, and whether they fit its code. */
export async function typeProblems(folder) {
  const manifest = readManifest(folder);
  const paths = typedEntries(folder, manifest).map(({ path }) => path);
  const { types, problems = [] } = await checkPackage(
    new Package(filesToPublish(folder, manifest.name), manifest.name, manifest.version),
  );
  if (!types) return [`${manifest.name}: no types at all`];
  const described = problems
    .filter(({ resolutionKind, resolutionOption, entrypoint }) => {
      if (UNSUPPORTED.includes(resolutionKind) || resolutionOption === 'node10') return false;
      return entrypoint === undefined || paths.includes(entrypoint);
    })
    .map((problem) => `${manifest.name}: ${describe(problem)}`);
  return [...new Set(described)];
}

function filesToPublish(folder, name) {
  const args = ['pack', '--dry-run', '--json', '--ignore-scripts', '--loglevel=error'];
  const [{ files }] = JSON.parse(execFileSync('npm', args, { cwd: folder, encoding: 'utf8' }));
  return Object.fromEntries(
    files.map(({ path }) => [`/node_modules/${name}/${path}`, readFileSync(join(folder, path))]),
  );
}

function describe({ kind, entrypoint, resolutionKind, fileName, moduleSpecifier }) {
  return [
    kind,
    ...(entrypoint ? [`at "${entrypoint}"`] : []),
    ...(moduleSpecifier ? [`for "${moduleSpecifier}"`] : []),
    ...(fileName ? [`in ${fileName}`] : []),
    ...(resolutionKind ? [`(${resolutionKind})`] : []),
  ].join(' ');
}
