import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../lib/paths.mjs';

const STATIC_IMPORT = /^(?:import|export)\s(?:[^'"]*?\sfrom\s)?['"]([^'"]+)['"]/gm;

/** Lists the packages that a program loads before its first line runs, each as `<file> imports <package>`. */
function packagesOf(file, seen = new Set()) {
  if (seen.has(file)) return [];
  seen.add(file);
  const specifiers = [...readFileSync(file, 'utf8').matchAll(STATIC_IMPORT)].map(
    ([, specifier]) => specifier,
  );
  return specifiers.flatMap((specifier) => {
    if (specifier.startsWith('.')) return packagesOf(join(dirname(file), specifier), seen);
    return specifier.startsWith('node:') ? [] : [`${file.slice(root.length + 1)} imports ${specifier}`];
  });
}

test.each(['scripts/test.mjs', 'scripts/demo.mjs', 'scripts/flaky.mjs', 'scripts/bench.mjs'])(
  '%s starts in a clone without packages, since it installs them itself',
  (program) => {
    expect(packagesOf(join(root, program))).toEqual([]);
  },
);

test('a package behind a relative import is found', () => {
  expect(packagesOf(join(root, 'scripts/prose.mjs'))).not.toEqual([]);
});
