import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { projectEnv, root, stateDir } from '../lib/paths.mjs';
import { run } from '../lib/run.mjs';
import { hygieneTools } from './tools.mjs';

let folder;
beforeEach(() => {
  mkdirSync(stateDir, { recursive: true });
  folder = mkdtempSync(join(stateDir, 'tools-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('knip finds a file, an export and a dependency that nothing uses', async () => {
  write({
    'package.json':
      '{ "name": "a", "type": "module", "main": "index.js", "dependencies": { "left-pad": "1" } }',
    'index.js': "import { used } from './used.js';\nused();\n",
    'used.js': 'export const used = () => {};\nexport const spare = 1;\n',
    'lonely.js': 'export {};\n',
  });
  const { code, output } = await check('nothing is unused', ['--directory', folder]);
  expect(code).not.toBe(0);
  for (const name of ['left-pad', 'spare', 'lonely.js']) expect(output).toContain(name);
});

test('the link check finds a missing file and a missing heading', async () => {
  write({
    'page.md': '# Page\n\n[a](other.md), [b](#page), [c](missing.md), [d](#missing), [e](other.md#nowhere)\n',
    'other.md': '# Other\n',
  });
  const { code, output } = await check('links in Markdown', ['.']);
  expect(code).not.toBe(0);
  expect(output.match(/Cannot find [^\n]*/g)).toHaveLength(3);
  for (const name of ['missing.md', '#missing', '#nowhere']) expect(output).toContain(name);
});

test('the OpenAPI check finds an operation without a summary', async () => {
  const { command } = hygieneTools.find(({ name }) => name.startsWith('the OpenAPI document'));
  const path = command.find((word) => word.endsWith('openapi.json'));
  const document = JSON.parse(readFileSync(join(root, path), 'utf8'));
  delete document.paths['/tasks'].get.summary;
  write({ 'openapi.json': JSON.stringify(document) });
  const args = command.map((word) => (word === path ? join(folder, 'openapi.json') : word));
  const { code, output } = await run(args[0], args.slice(1), { cwd: root, env: projectEnv() });
  expect(code).not.toBe(0);
  expect(output).toContain('summary');
});

test('knip and the link check pass if they have nothing to find', async () => {
  write({
    'package.json': '{ "name": "a", "type": "module", "main": "index.js" }',
    'index.js': 'console.log(1);\n',
    'page.md': '# Page\n\n[b](#page)\n',
  });
  expect(await check('nothing is unused', ['--directory', folder])).toMatchObject({ code: 0 });
  expect(await check('links in Markdown', ['.'])).toMatchObject({ code: 0 });
});

function write(files) {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

/** Runs a check's program, with its options, in the folder of this test instead of the project. */
function check(name, args) {
  const [program, ...options] = hygieneTools.find((tool) => tool.name.includes(name)).command;
  const own = options.filter((option) => option.startsWith('--'));
  return run(program, [...own, ...args], { cwd: folder, env: { ...projectEnv(), NO_COLOR: '1' } });
}
