import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { stateDir } from '../lib/paths.mjs';
import { apiReports, reportDifferences } from './apiReports.mjs';
import { packageFolder, publishedPackages, typedEntries } from './publishedPackages.mjs';
import { bundleSize, sizeProblems } from './sizes.mjs';
import { typeProblems } from './typeProblems.mjs';

const MANIFEST = {
  name: 'sample',
  version: '1.0.0',
  type: 'module',
  files: ['dist'],
  exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
};

let folder;
beforeEach(() => {
  mkdirSync(stateDir, { recursive: true });
  folder = mkdtempSync(join(stateDir, 'packages-'));
  write({
    'package.json': JSON.stringify(MANIFEST),
    'dist/index.js': 'export const twice = (n) => 2 * n;\n',
    'dist/index.d.ts': 'export declare const twice: (n: number) => number;\n',
  });
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the check of types', { timeout: 30_000 }, () => {
  test('the type check passes for a package whose types fit', async () => {
    expect(await typeProblems(folder)).toEqual([]);
  });

  test('the type check finds types that are not published', async () => {
    write({ 'package.json': JSON.stringify({ ...MANIFEST, files: ['dist', '!dist/*.d.ts'] }) });
    expect(await typeProblems(folder)).toEqual(['sample: no types at all']);
  });

  test('the type check finds CommonJS types beside an ES module', async () => {
    const exports = { '.': { types: './dist/index.d.cts', default: './dist/index.js' } };
    write({
      'package.json': JSON.stringify({ ...MANIFEST, exports }),
      'dist/index.d.cts': 'export declare const twice: (n: number) => number;\n',
    });
    expect(await typeProblems(folder)).toEqual([expect.stringContaining('FalseCJS')]);
  });

  test('the type check finds an import without a target', async () => {
    write({ 'dist/index.d.ts': "export { twice } from './gone.js';\n" });
    expect(await typeProblems(folder)).toEqual([expect.stringContaining('./gone.js')]);
  });
});

describe('the check of sizes', () => {
  test('a bundle includes imports and leaves out external packages', async () => {
    write({
      'a.js': "import { b } from './b.js';\nconsole.log(b);\n",
      'b.js': `export const b = '${noise()}';\n`,
    });
    const whole = await bundleSize(join(folder, 'a.js'));
    expect(whole).toBeGreaterThan(1_000);
    expect(await bundleSize(join(folder, 'a.js'), { external: ['./b.js'] })).toBeLessThan(200);
  });

  test('the size check names an entry over or without a budget, and a budget without an entry', () => {
    expect(sizeProblems({ a: 11, b: 10, c: 1 }, { a: 10, b: 10, d: 1 })).toEqual([
      'a has 11 bytes, 1 more than its budget of 10',
      'c has 1 bytes and no budget',
      'd has a budget and does not exist',
    ]);
  });
});

describe('the API report', { timeout: 30_000 }, () => {
  test('the report check shows a changed type and a report without an entry point', () => {
    const [report] = apiReports(folder);
    write({ 'api/old.api.md': '', [`api/${report.file.split('/').at(-1)}`]: report.text });
    expect(reportDifferences(folder, [report])).toEqual(['api/old.api.md belongs to no entry point']);

    write({ 'dist/index.d.ts': 'export declare const twice: (n: number | bigint) => number;\n' });
    const differences = reportDifferences(folder, apiReports(folder));
    expect(differences).toContain('- export const twice: (n: number) => number;');
    expect(differences).toContain('+ export const twice: (n: number | bigint) => number;');
  });

  test('a report contains types that the API uses and does not export', () => {
    write({
      'dist/index.d.ts':
        "import type { Hidden } from './hidden.ts';\nexport declare function open(): Hidden;\n",
      'dist/hidden.d.ts': 'export interface Hidden { inner: string }\n',
    });
    expect(apiReports(folder)[0].text).toContain('inner: string');
  });
});

test('each published package has a typed entry point', () => {
  for (const name of publishedPackages)
    expect(typedEntries(packageFolder(name)).map(({ path }) => path)).toContain('.');
});

function write(files) {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

/** Text that cannot be compressed well. */
function noise() {
  return Array.from({ length: 400 }, (_, i) => (Math.sin(i) * 1e9).toString(36)).join('');
}
