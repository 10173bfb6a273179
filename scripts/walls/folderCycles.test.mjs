import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { cycleInWords, folderCycles } from './folderCycles.mjs';
import { folderProblems } from './folders.mjs';

/** A source tree of files with their imports. */
function treeOf(files) {
  const root = mkdtempSync(join(tmpdir(), 'rowlock-folders-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [file, ...imports] of files) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    const lines = imports.map((path) => `import type { Thing } from '${path}';`);
    writeFileSync(join(root, file), `${lines.join('\n')}\nexport type Own = 1;\n`);
  }
  return root;
}

test('folders that import each other by different files are a cycle', () => {
  const tree = treeOf([
    ['locks/acquire.ts', '../metrics/counts.ts'],
    ['metrics/counts.ts'],
    ['metrics/measure.ts', '../locks/listing.ts'],
    ['locks/listing.ts'],
  ]);
  expect(folderCycles(tree).map(cycleInWords)).toEqual([
    [
      'The source folder: locks → metrics → locks',
      '    locks/acquire.ts imports metrics/counts.ts',
      '    metrics/measure.ts imports locks/listing.ts',
    ].join('\n'),
  ]);
});

test('a cycle of three folders is found', () => {
  const tree = treeOf([
    ['a/one.ts', '../b/one.ts'],
    ['b/one.ts'],
    ['b/two.ts', '../c/one.ts'],
    ['c/one.ts'],
    ['c/two.ts', '../a/two.ts'],
    ['a/two.ts'],
  ]);
  expect(folderCycles(tree)).toMatchObject([
    { folder: '', steps: [{ from: 'a' }, { from: 'b' }, { from: 'c' }] },
  ]);
});

test('a cycle below a folder is found, also between a folder and a file beside it', () => {
  const tree = treeOf([
    ['tasks/run/worker.ts', './heartbeat/thread.ts'],
    ['tasks/run/heartbeat/thread.ts'],
    ['tasks/run/heartbeat/limits.ts', '../worker.ts'],
  ]);
  expect(folderCycles(tree)).toMatchObject([
    { folder: 'tasks/run', steps: [{ from: 'heartbeat' }, { from: 'worker.ts' }] },
  ]);
});

test('folders with one direction, and files at the root that both ends use, are no cycle', () => {
  const tree = treeOf([
    ['main.ts', './locks/locks.ts'],
    ['locks/locks.ts', './registry/registry.ts', '../clock.ts'],
    ['locks/registry/registry.ts', '../../clock.ts'],
    ['clock.ts'],
    ['locks/registry/registry.test.ts', '../locks.ts'],
  ]);
  expect(folderCycles(tree)).toEqual([]);
});

test('a known cycle passes, and one that is gone is reported', () => {
  const tree = treeOf([['a/one.ts', '../b/one.ts'], ['b/one.ts'], ['b/two.ts', '../a/two.ts'], ['a/two.ts']]);
  const known = { tree: '.', folder: '', between: ['b', 'a'] };
  const problems = (...knownCycles) => folderProblems(tree, { sourceTrees: ['.'], knownCycles });
  expect(problems(known)).toEqual([]);
  expect(problems()).toEqual([expect.stringContaining('a → b → a')]);
  expect(problems(known, { ...known, between: ['c', 'd'] })).toEqual([
    'scripts/walls/folders.mjs lists a cycle in . that is gone: c, d',
  ]);
});

test('the folders of this repository have an order', () => {
  expect(folderProblems(fileURLToPath(new URL('../..', import.meta.url)))).toEqual([]);
});
