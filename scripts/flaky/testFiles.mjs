import { readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root } from '../lib/paths.mjs';

const TEST_FILE = /\.(test|spec)\.[cm]?[jt]sx?$/;

/** The test files that these paths name: files as they are, and all that lie in a folder. */
export function testFiles(paths) {
  return paths.flatMap((path) => {
    const full = join(root, path);
    if (!statSync(full, { throwIfNoEntry: false })) {
      throw new Error(
        `There is no file or folder "${path}". Name it by its path from the root of the repository.`,
      );
    }
    if (statSync(full).isFile()) return path;
    const found = readdirSync(full, { recursive: true })
      .filter((name) => TEST_FILE.test(name) && !name.includes('node_modules'))
      .map((name) => relative(root, join(full, name)));
    if (found.length === 0) throw new Error(`There is no test file in "${path}".`);
    return found.sort();
  });
}
