import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { root, stateDir } from './paths.mjs';
import { hashOf, isStamped, writeStamp } from './stamp.mjs';

let folder;
let path;
beforeEach(() => {
  mkdirSync(stateDir, { recursive: true });
  folder = mkdtempSync(join(stateDir, 'stamp-'));
  path = relative(root, folder);
  writeFileSync(join(folder, 'a.ts'), 'one');
});
afterEach(() => rmSync(folder, { recursive: true }));

test('the hash follows contents, names, and what is there', () => {
  const before = hashOf([path]);
  expect(hashOf([path])).toBe(before);
  writeFileSync(join(folder, 'a.ts'), 'two');
  const changed = hashOf([path]);
  expect(changed).not.toBe(before);
  writeFileSync(join(folder, 'b.ts'), '');
  expect(hashOf([path])).not.toBe(changed);
});

test('built and installed files do not count for the hash', () => {
  const before = hashOf([path]);
  mkdirSync(join(folder, 'node_modules'));
  writeFileSync(join(folder, 'node_modules/x.js'), 'x');
  writeFileSync(join(folder, 'tsconfig.tsbuildinfo'), 'x');
  expect(hashOf([path])).toBe(before);
});

test('a stamp holds for the hash that it was written for', () => {
  const stamp = join(folder, 'deep/er.stamp');
  expect(isStamped(stamp, 'abc')).toBe(false);
  writeStamp(stamp, 'abc');
  expect(isStamped(stamp, 'abc')).toBe(true);
  expect(isStamped(stamp, 'abd')).toBe(false);
});
