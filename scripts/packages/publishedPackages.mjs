import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../lib/paths.mjs';

/** The folders in `packages` that are published, in the order in which they build. */
export const publishedPackages = ['protocol', 'server', 'react'];

export const packageFolder = (name) => join(root, 'packages', name);

export const readManifest = (folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

/**
 * The entry points of a package that have types: `{ path, types, code }`. `path` is the key in `exports`, the others
 * are files.
 */
export function typedEntries(folder, manifest = readManifest(folder)) {
  return Object.entries(manifest.exports)
    .filter(([, target]) => target.types)
    .map(([path, target]) => ({
      path,
      types: join(folder, target.types),
      code: join(folder, target.default),
    }));
}
