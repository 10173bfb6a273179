// `pnpm sizes`: shows how much each entry of the built packages adds to a page, and fails if one is over its budget.

import { join } from 'node:path';
import { packageFolder, readManifest } from './publishedPackages.mjs';
import { sizeBudgets } from './sizeBudgets.mjs';
import { bundleSize, sizeProblems } from './sizes.mjs';

// The application brings React. The kit uses zod nowhere; the schemas that need it are for servers and for tests.
const EXTERNAL = { protocol: ['zod'], react: ['react', 'react-dom', '@tanstack/react-query'] };

const entries = Object.entries(EXTERNAL).flatMap(([name, external]) => {
  const manifest = readManifest(packageFolder(name));
  return Object.entries(manifest.exports)
    .filter(([path]) => path !== './testing')
    .map(([path, target]) => [
      join(manifest.name, path),
      join(packageFolder(name), target.default),
      external,
    ]);
});

const sizes = {};
for (const [entry, file, external] of entries) {
  sizes[entry] = await bundleSize(file, { external });
  console.log(`${entry.padEnd(28)} ${sizes[entry]} bytes of ${sizeBudgets[entry] ?? 'no budget'}`);
}
const problems = sizeProblems(sizes, sizeBudgets);
for (const problem of problems) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;
