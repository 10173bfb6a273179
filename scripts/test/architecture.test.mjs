import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../lib/paths.mjs';

const page = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8');
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && existsSync(join(root, file)));

test('each file that ARCHITECTURE.md names exists', () => {
  const named = [...page.matchAll(/`([\w./-]+\.(?:ts|tsx|lua|mjs|md))`/g)].map(([, name]) => name);
  const missing = named.filter((name) => !files.some((file) => file === name || file.endsWith(`/${name}`)));
  expect(named.length).toBeGreaterThan(20);
  expect(missing).toEqual([]);
});

test('each link of ARCHITECTURE.md leads to a file or folder', () => {
  const links = [...page.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(([, path]) => path);
  expect(links.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

test('ARCHITECTURE.md answers ten questions or more, each with a file', () => {
  const [, section = ''] = page.split('## Ten questions of a newcomer');
  const rows = section.split('\n## ')[0].match(/^\| .+\?.* \|$/gm) ?? [];
  expect(rows.length).toBeGreaterThanOrEqual(10);
  for (const row of rows) expect(row).toMatch(/\| \[[\w.]+\]\(packages\/[\w./]+\) \| \S.*\|$/);
});

test('each Redis key that ARCHITECTURE.md names by pattern is made in keys.ts', () => {
  const keys = readFileSync(join(root, 'packages/server/src/redis/keys.ts'), 'utf8');
  const named = [...page.matchAll(/`(\w+):<[\w ]+>`/g)].map(([, name]) => name);
  expect(named).toContain('rec');
  expect(named.filter((name) => !keys.includes(`\`${name}:<`))).toEqual([]);
});
